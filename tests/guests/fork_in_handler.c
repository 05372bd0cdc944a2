// fork in a signal handler: both processes return from it, each with its own interrupted state.
#include "proc.h"
static volatile pid_t pid = -1;
static void handler(int sig) { pid = fork(); }
int main(void) {
    signal(SIGUSR1, handler);
    double f = 1.5;
    for (int i = 0; i < 3; i++) {
        raise(SIGUSR1);
        sigset_t mask;
        sigprocmask(SIG_BLOCK, NULL, &mask);
        f *= 2;
        if (!pid) {
            printf("child %d %g blocked %d\n", i, f, sigismember(&mask, SIGUSR1));
            exit(i);
        }
        reap("child", pid);
        printf("parent %d %g blocked %d\n", i, f, sigismember(&mask, SIGUSR1));
    }
}
