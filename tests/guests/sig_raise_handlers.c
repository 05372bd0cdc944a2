// Signals to oneself by raise, kill, tgkill, sigqueue: handlers, siginfo, order, masks.
#include "guest.h"
static void handler(int sig, siginfo_t *info, void *context) {
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("signal %d code %d mine %d value %d blocked itself %d usr2 %d\n", sig == SIGRTMIN + 1 ? -1 : sig, info->si_code,
           info->si_pid == getpid(), info->si_code == SI_QUEUE ? info->si_value.sival_int : 0,
           sigismember(&now, sig), sigismember(&now, SIGUSR2));
}
int main(void) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaddset(&action.sa_mask, SIGUSR2);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGRTMIN + 1, &action, NULL);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1);
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 42});
    sigset_t set, old;
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, &old);
    for (int i = 0; i < 3; i++) sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = i});
    for (int i = 0; i < 3; i++) raise(SIGUSR1);
    sigset_t pending;
    sigpending(&pending);
    printf("pending %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGRTMIN + 1));
    sigprocmask(SIG_SETMASK, &old, NULL);
    puts("unblocked");
    kill(getpid(), 0);
    TRY(kill(getpid(), 200));
    struct sigaction now;
    sigaction(SIGUSR1, NULL, &now);
    printf("%d flags %x mask %d\n", now.sa_sigaction == handler, now.sa_flags, sigismember(&now.sa_mask, SIGUSR2));
    TRY(sigaction(SIGKILL, &action, NULL));
}
