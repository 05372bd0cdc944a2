// A stack overflow handled on the alternate stack, twice.
#include "guest.h"
static sigjmp_buf back;
static char other[65536];
static void segv(int sig, siginfo_t *info, void *context) {
    char here;
    printf("on the alternate stack: %d, code %d, near rsp: %d\n", &here >= other && &here < other + sizeof other,
           info->si_code, llabs((long long)info->si_addr - REG(context, RSP)) < 65536);
    stack_t now;
    sigaltstack(NULL, &now);
    printf("flags %d size %zu\n", now.ss_flags, now.ss_size);
    siglongjmp(back, 1);
}
static int overflow(int n) {
    volatile char frame[4096];
    frame[0] = n;
    return overflow(n + 1) + frame[0];
}
int main(void) {
    stack_t alternate = {.ss_sp = other, .ss_size = sizeof other};
    sigaltstack(&alternate, NULL);
    handle(SIGSEGV, segv, SA_ONSTACK);
    for (int i = 0; i < 2; i++)
        if (!sigsetjmp(back, 1)) overflow(0);
    puts("done");
}
