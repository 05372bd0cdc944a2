// exec from a signal handler: the signal stays blocked in the new program.
// exit: signal SEGV
#include "proc.h"
static char *self;
static void handler(int sig) { execl("/proc/self/exe", self, sig == SIGSEGV ? "3" : "2", NULL); }
int main(int argc, char **argv) {
    int step = argc > 1 ? atoi(argv[1]) : 1;
    self = argv[0];
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("step %d blocked %d %d\n", step, sigismember(&mask, SIGUSR1), sigismember(&mask, SIGSEGV));
    signal(SIGUSR1, handler);
    signal(SIGSEGV, handler);
    if (step == 1) raise(SIGUSR1);
    raise(SIGUSR1);
    if (step == 2) *(volatile int *)8 = 1;
    puts("a fault while SIGSEGV is blocked");
    *(volatile int *)8 = 1;
}
