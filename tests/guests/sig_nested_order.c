// Handlers interrupt each other unless masked; several pending at once run as the kernel stacks them.
#include "proc.h"
static int depth;
static void handler(int sig) {
    printf("%*sbegin %s\n", 2 * depth++, "", sigabbrev_np(sig));
    if (sig == SIGUSR1) raise(SIGUSR2);
    if (sig == SIGUSR2) raise(SIGHUP);
    printf("%*send %s\n", 2 * --depth, "", sigabbrev_np(sig));
}
int main(void) {
    int signals[] = {SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGTERM};
    sigset_t all, old;
    sigemptyset(&all);
    for (int i = 0; i < 5; i++) signal(signals[i], handler), sigaddset(&all, signals[i]);
    raise(SIGUSR1);
    puts("three at once");
    sigprocmask(SIG_BLOCK, &all, &old);
    raise(SIGTERM), raise(SIGHUP), raise(SIGALRM);
    sigprocmask(SIG_SETMASK, &old, NULL);
    puts("masked from each other");
    struct sigaction action = {.sa_handler = handler, .sa_mask = all};
    for (int i = 0; i < 5; i++) sigaction(signals[i], &action, NULL);
    raise(SIGUSR2);
    sigprocmask(SIG_BLOCK, &all, &old);
    raise(SIGTERM), raise(SIGHUP), raise(SIGALRM);
    sigprocmask(SIG_SETMASK, &old, NULL);
}
