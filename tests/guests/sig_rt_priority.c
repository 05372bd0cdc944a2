// Of several pending signals the lowest number comes first, standard ones before real-time ones, equal ones in order.
#include "proc.h"
static sigset_t all;
static void handler(int sig, siginfo_t *info, void *context) {
    printf("%d value %d\n", sig, info->si_code == SI_QUEUE ? info->si_value.sival_int : 0);
}
int main(void) {
    sigset_t old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    int signals[] = {SIGRTMAX, SIGRTMIN + 7, SIGUSR2, SIGRTMIN, SIGUSR1, SIGRTMIN + 7, SIGHUP, SIGRTMIN, SIGTERM, SIGUSR1};
    for (int i = 0; i < 10; i++) {
        struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO, .sa_mask = all};
        sigaction(signals[i], &action, NULL);
        sigqueue(getpid(), signals[i], (union sigval){.sival_int = i + 1});
    }
    reap("child, nothing pending", CHILD(sigprocmask(SIG_SETMASK, &old, NULL)));
    sigprocmask(SIG_SETMASK, &old, NULL);
    puts("by sigwaitinfo");
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (int i = 0; i < 10; i++) sigqueue(getpid(), signals[i], (union sigval){.sival_int = i + 1});
    siginfo_t info;
    for (int sig; (sig = sigtimedwait(&all, &info, &(struct timespec){0, 0})) > 0;)
        if (sig != SIGCHLD) handler(sig, &info, NULL);
}
