// Threads leave their handlers by siglongjmp, over and over; the masks are restored.
#include "thread.h"
static __thread sigjmp_buf back;
static __thread int jumps;
static void handler(int sig, siginfo_t *info, void *context) { siglongjmp(back, ++jumps); }
static void *run(void *n) {
    volatile int sum = 0;
    for (volatile int i = 0; i < 200; i++) {
        int via = sigsetjmp(back, 1);
        if (via > i) sum += via * NUMBER(n);
        else if (i % 2) *(volatile int *)8 = 1;
        else raise(SIGUSR1);
    }
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    return POINTER(sum + sigismember(&mask, SIGUSR1) + sigismember(&mask, SIGSEGV));
}
int main(void) {
    handle(SIGUSR1, handler, 0);
    handle(SIGSEGV, handler, 0);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(run, i + 1);
    for (int i = 0; i < 4; i++) printf("%ld\n", join(t[i]));
}
