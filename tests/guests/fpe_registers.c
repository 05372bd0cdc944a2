// Division by zero: SIGFPE at the instruction, every register and the flags exact.
// exit: 8
#include "guest.h"
extern char fault[], resume[];
static void fpe(int sig, siginfo_t *info, void *context) {
    long long *g = ((ucontext_t *)context)->uc_mcontext.gregs;
    printf("signal %d code %d addr %d rip %d\n", sig, info->si_code, info->si_addr == fault,
           g[REG_RIP] == (long)fault);
    for (int i = REG_R8; i <= REG_RCX; i++)
        if (i != REG_RBP) printf("%d: %llx\n", i, g[i]);
    printf("flags %llx err %llx trapno %llx\n", g[REG_EFL] & 0xcd5, g[REG_ERR], g[REG_TRAPNO]);
    g[REG_RIP] = (long)resume;
}
int main(void) {
    handle(SIGFPE, fpe, 0);
    asm volatile("mov $0x18, %%r8\n mov $0x19, %%r9\n mov $0x110, %%r10\n mov $0x111, %%r11\n"
                 "mov $0x112, %%r12\n mov $0x113, %%r13\n mov $0x114, %%r14\n mov $0x115, %%r15\n"
                 "mov $0x1a, %%rax\n mov $0, %%rbx\n mov $3, %%rcx\n mov $0x1d, %%rdx\n"
                 "mov $0x15, %%rsi\n mov $0x16, %%rdi\n"
                 "1: dec %%rcx\n jnz 1b\n mov $0x1c, %%rcx\n cmp $0x1b, %%rax\n std\n"
                 ".globl fault\nfault: div %%rbx\n.globl resume\nresume: cld\n" ::
                     : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
                       "r14", "r15", "cc", "memory");
    volatile int zero = 0, min = -2147483647 - 1, minus = -1;
    puts("done");
    handle(SIGFPE, (void *)_exit, 0);
    printf("%d\n", min / minus);
}
