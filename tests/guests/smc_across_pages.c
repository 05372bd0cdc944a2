// Code that goes on in a page that is rewritten all the time, then in one that nobody may touch, with an
// instruction that lies in both.
#include "jit.h"
static sigjmp_buf back;
static void fails(int sig, siginfo_t *info, void *context) {
    (void)sig, (void)context;
    siglongjmp(back, 1 + (int)((uintptr_t)info->si_addr % PAGE));
}
int main(void) {
    unsigned char *first = pages(2, RWX), *second = first + PAGE;
    long sum = 0;
    for (int i = 0; i < 100; i++) {
        emit(second + 64, i);
        sum += run(second + 64);
    }
    printf("%ld\n", sum);
    // xor eax, eax; nop; mov rax, 0x0807060504030201; ret
    memcpy(second - 7, "\x31\xc0\x90\x48\xb8\1\2\3\4\5\6\7\x08\xc3", 14);
    printf("%x\n", run(second - 7));
    memcpy(second - 10, "\x31\xc0\x90", 3);
    mprotect(second, PAGE, PROT_NONE);
    struct sigaction action = {.sa_sigaction = fails, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    int at = sigsetjmp(back, 1);
    if (!at) run(second - 10);
    printf("fault at %d\n", at - 1);
}
