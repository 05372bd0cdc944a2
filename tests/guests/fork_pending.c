// Pending signals are not inherited by a child; mask and dispositions are.
#include "proc.h"
static void handler(int sig) { printf("handled %s\n", sigabbrev_np(sig)); }
static void pending(const char *who) {
    sigset_t set, mask;
    sigpending(&set);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("%s pending %d %d blocked %d %d %d\n", who, sigismember(&set, SIGUSR1), sigismember(&set, SIGUSR2),
           sigismember(&mask, SIGUSR1), sigismember(&mask, SIGUSR2), sigismember(&mask, SIGHUP));
}
int main(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGUSR1, handler);
    signal(SIGUSR2, handler);
    signal(SIGHUP, SIG_IGN);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR2);
    pid_t pid = CHILD({
        pending("child");
        raise(SIGHUP);
        raise(SIGUSR2);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        pending("child");
    });
    reap("child", pid);
    pending("parent");
    sigdelset(&set, SIGUSR2);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    pending("parent");
}
