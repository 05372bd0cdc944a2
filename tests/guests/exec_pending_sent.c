// Signals that are blocked wait across an exec, those of the processor's kind too.
#include "guest.h"
static void report(int sig, siginfo_t *info, void *context) {
    (void)context;
    printf("signal %d, value %d\n", sig, info->si_code == SI_QUEUE ? info->si_value.sival_int : -1);
}
int main(int argc, char **argv) {
    const int some[] = {SIGUSR1, SIGSEGV, SIGTRAP, SIGRTMIN, SIGCHLD};
    sigset_t set, waiting;
    sigemptyset(&set);
    for (int i = 0; i < 5; i++) sigaddset(&set, some[i]);
    if (argc == 1) {
        sigprocmask(SIG_BLOCK, &set, NULL);
        for (int i = 0; i < 4; i++) sigqueue(getpid(), some[i], (union sigval){.sival_int = i});
        sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 9});
        raise(SIGCHLD);
        execl("/proc/self/exe", argv[0], "again", NULL);
        return 99;
    }
    sigpending(&waiting);
    for (int i = 0; i < 5; i++) printf("%d waits: %d\n", some[i], sigismember(&waiting, some[i]));
    struct sigaction action = {.sa_sigaction = report, .sa_flags = SA_SIGINFO};
    for (int i = 0; i < 5; i++) sigaction(some[i], &action, NULL);
    for (int i = 0; i < 5; i++) {
        sigemptyset(&set);
        sigaddset(&set, some[i]);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
    }
}
