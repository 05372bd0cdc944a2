// A call of NULL: the pc in the frame is 0, the return address is on the stack.
#include "guest.h"
extern char behind[];
static void segv(int sig, siginfo_t *info, void *context) {
    printf("rip %llx addr %p top of stack is the return address: %d\n", REG(context, RIP), info->si_addr,
           *(char **)REG(context, RSP) == behind);
    REG(context, RIP) = *(long *)REG(context, RSP);
    REG(context, RSP) += 8;
}
int main(void) {
    handle(SIGSEGV, segv, 0);
    asm volatile("sub $128, %%rsp\n xor %%eax, %%eax\n call *%%rax\nbehind: add $128, %%rsp" ::: "rax", "memory", "cc");
    puts("done");
}
