// sigpending through blocking, sending, ignoring, handling and taking.
#include "proc.h"
static void handler(int sig) { printf("handled %d\n", sig); }
static void tell(const char *what) {
    sigset_t set;
    sigpending(&set);
    printf("%s:", what);
    for (int sig = 1; sig <= SIGRTMAX; sig++)
        if (sigismember(&set, sig) == 1) printf(" %d", sig);
    printf("\n");
}
int main(void) {
    sigset_t set;
    sigfillset(&set);
    sigdelset(&set, SIGHUP);
    sigprocmask(SIG_SETMASK, &set, NULL);
    signal(SIGUSR1, handler);
    signal(SIGPIPE, SIG_IGN);
    tell("start");
    raise(SIGUSR1), raise(SIGUSR2), raise(SIGPIPE), raise(SIGCHLD), raise(SIGWINCH), raise(SIGRTMIN), raise(SIGSEGV);
    tell("blocked");
    signal(SIGUSR2, SIG_IGN);
    signal(SIGWINCH, SIG_DFL); // ignored by default
    signal(SIGSEGV, SIG_IGN);
    tell("ignored now");
    signal(SIGUSR2, SIG_DFL);
    tell("default again");
    sigset_t only;
    int sig;
    sigemptyset(&only);
    sigaddset(&only, SIGRTMIN);
    TRY(sigwait(&only, &sig));
    tell("taken");
    sigdelset(&set, SIGUSR1);
    sigprocmask(SIG_SETMASK, &set, NULL);
    tell("unblocked");
}
