// A fault whose signal the thread blocks kills the process, handler or not.
// exit: signal SEGV
#include "thread.h"
static void handler(int sig, siginfo_t *info, void *context) { puts("handler"), _exit(1); }
static void *faults(void *unused) {
    sigset_t set;
    sigfillset(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    *(volatile int *)8 = 1;
    return NULL;
}
int main(void) {
    handle(SIGSEGV, handler, 0);
    join(start(faults, 0));
}
