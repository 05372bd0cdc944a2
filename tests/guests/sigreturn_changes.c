// A handler may change any register of the interrupted code: they take effect at the return.
#include "guest.h"
static void ill(int sig, siginfo_t *info, void *context) {
    REG(context, RAX) = 0x1111;
    REG(context, RBX) = 0x2222;
    REG(context, R15) = 0x3333;
    REG(context, RCX) = 0x4444;
    REG(context, EFL) |= 0x41;
    ((ucontext_t *)context)->uc_mcontext.fpregs->_xmm[5].element[0] = 0x5555;
    REG(context, RIP) += 2;
    sigaddset(&((ucontext_t *)context)->uc_sigmask, SIGUSR2);
}
int main(void) {
    handle(SIGILL, ill, 0);
    uint64_t a, b, c, d, flags, x;
    asm volatile("pxor %%xmm5, %%xmm5\n mov $1, %%eax\n test %%eax, %%eax\n ud2\n pushfq\n pop %%rdx\n mov %%r15, %%rsi\n"
                 "movq %%xmm5, %%rdi"
                 : "=a"(a), "=b"(b), "=c"(c), "=d"(flags), "=S"(d), "=D"(x)::"r15", "xmm5", "memory", "cc");
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("%lx %lx %lx %lx zf,cf %lx xmm %lx usr2 blocked %d\n", a, b, c, d, flags & 0x41, x,
           sigismember(&mask, SIGUSR2));
}
