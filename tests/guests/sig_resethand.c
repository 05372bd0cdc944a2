// With SA_RESETHAND the handler runs once, the signal deferred unless SA_NODEFER; the second one kills.
#include "proc.h"
static void handler(int sig) {
    struct sigaction now;
    sigset_t mask;
    sigaction(sig, NULL, &now);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("handled, default %d flags %x blocked %d\n", now.sa_handler == SIG_DFL, now.sa_flags, sigismember(&mask, sig));
}
int main(void) {
    for (int i = 0; i < 2; i++)
        reap("child", CHILD({
                 struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESETHAND | (i ? SA_NODEFER : 0)};
                 sigaction(SIGTERM, &action, NULL);
                 raise(SIGTERM);
                 puts("once more");
                 raise(SIGTERM);
             }));
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESETHAND};
    sigaction(SIGSEGV, &action, NULL);
    reap("fault", CHILD(*(volatile int *)8 = 1));
}
