// Pending signals stay pending over exec, the values of queued ones included.
// exit: signal TERM
#include "proc.h"
int main(int argc, char **argv) {
    sigset_t set, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGRTMIN + 2);
    if (argc > 1) {
        sigpending(&pending);
        printf("pending %d %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGTERM),
               sigismember(&pending, SIGRTMIN + 2));
        siginfo_t info;
        for (int i = 0; i < 4; i++) {
            int sig = sigtimedwait(&set, &info, &(struct timespec){0, 0});
            if (sig < 0) puts("none");
            else printf("%d code %d value %d mine %d\n", sig, info.si_code, info.si_code == SI_QUEUE ? info.si_value.sival_int : 0,
                        info.si_pid == getpid());
        }
        raise(SIGTERM);
        puts("still here");
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        puts("never");
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR1);
    sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = 11});
    sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = 22});
    execl("/proc/self/exe", "x", "again", NULL);
}
