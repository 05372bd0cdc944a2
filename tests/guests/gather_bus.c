// A gather that faults has already cleared parts of its mask: relative to rbp, where no address is, that is a
// SIGBUS that the processor raises.
// needs: avx2
#include "guest.h"
extern char after[];
static void bus(int sig, siginfo_t *info, void *context) {
    printf("signal %d code %d\n", sig, info->si_code);
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] = (long)after;
}
static unsigned in[2][8] __attribute__((aligned(32))), out[2][8] __attribute__((aligned(32)));
int main(void) {
    struct sigaction action = {.sa_sigaction = bus, .sa_flags = SA_SIGINFO};
    sigaction(SIGBUS, &action, 0);
    for (int i = 0; i < 8; i++) in[0][i] = i, in[1][i] = i < 2 ? 5 : 0x80000000u + i;
    __asm__ volatile("vmovdqa (%1), %%ymm13\n vmovdqa 32(%1), %%ymm10\n mov %%rbp, %%r15\n"
                     "mov $0x910c0e6669f5ea29, %%rbp\n vpxor %%xmm3, %%xmm3, %%xmm3\n"
                     "vpgatherdd %%ymm10, (%%rbp,%%ymm3,2), %%ymm13\n"
                     "after: mov %%r15, %%rbp\n vmovdqa %%ymm13, (%0)\n vmovdqa %%ymm10, 32(%0)\n"
                     :
                     : "r"(out), "r"(in)
                     : "memory", "r15", "xmm3", "xmm10", "xmm13");
    for (int i = 0; i < 16; i++) printf("%08x%c", out[i / 8][i % 8], i % 8 == 7 ? '\n' : ' ');
}
