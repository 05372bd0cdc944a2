// Two processes signal each other a thousand times, each waiting in sigsuspend.
// timeout: 60
#include "proc.h"
static volatile int count;
static void usr1(int sig) { count++; }
int main(void) {
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    signal(SIGUSR1, usr1);
    pid_t parent = getpid(), pid = fork(), other = pid ? pid : parent;
    for (int i = 1; i <= 1000; i++) {
        if (pid) kill(other, SIGUSR1);
        while (count < i) sigsuspend(&old);
        if (!pid) kill(other, SIGUSR1);
    }
    if (pid) reap("child", pid);
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("%s: %d, still blocked %d\n", pid ? "parent" : "child", count, sigismember(&now, SIGUSR1));
}
