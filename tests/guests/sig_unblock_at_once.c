// A pending signal is delivered before sigprocmask, sigsuspend, setcontext or a handler's return gets anywhere.
#include "proc.h"
#include <ucontext.h>
static volatile int step, seen;
static void usr1(int sig) { seen = step; }
static void usr2(int sig, siginfo_t *info, void *context) {
    raise(SIGUSR1);
    sigdelset(&((ucontext_t *)context)->uc_sigmask, SIGUSR1); // unblocked by the return
}
int main(void) {
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    signal(SIGUSR1, usr1);
    handle(SIGUSR2, usr2, 0);
    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGUSR1);
    step = 1;
    sigprocmask(SIG_SETMASK, &old, NULL);
    step = 2;
    printf("sigprocmask: seen at %d\n", seen);
    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGUSR1);
    step = 3;
    sigsuspend(&old);
    step = 4;
    printf("sigsuspend: seen at %d\n", seen);
    step = 5;
    raise(SIGUSR2);
    step = 6;
    printf("return: seen at %d\n", seen);
    ucontext_t context;
    volatile int again = 0;
    sigprocmask(SIG_SETMASK, &old, NULL);
    getcontext(&context);
    if (!again++) {
        sigprocmask(SIG_BLOCK, &set, NULL);
        raise(SIGUSR1);
        step = 7;
        setcontext(&context);
    }
    step = 8;
    printf("setcontext: seen at %d\n", seen);
    pid_t pid = CHILD(sigprocmask(SIG_BLOCK, &set, NULL); signal(SIGUSR1, SIG_DFL); raise(SIGUSR1); puts("blocked");
                      sigprocmask(SIG_SETMASK, &old, NULL); puts("never"));
    reap("child", pid);
}
