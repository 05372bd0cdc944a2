// siglongjmp out of a SIGSEGV handler, many times, the mask restored each time.
#include "guest.h"
static sigjmp_buf back;
static volatile int count;
static void segv(int sig) { siglongjmp(back, ++count); }
int main(void) {
    signal(SIGSEGV, segv);
    if (sigsetjmp(back, 1) < 1000) *(volatile int *)8 = 1;
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("%d caught, blocked now: %d\n", count, sigismember(&mask, SIGSEGV));
}
