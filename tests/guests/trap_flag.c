// TF set by popf: one SIGTRAP after each instruction until the handler's context clears it.
#include "guest.h"
static volatile int traps;
static char *first;
static void trap(int sig, siginfo_t *info, void *context) {
    if (!traps) first = (char *)REG(context, RIP);
    printf("trap %d code %d +%ld\n", traps, info->si_code, (char *)REG(context, RIP) - first);
    if (++traps == 6) REG(context, EFL) &= ~0x100;
}
int main(void) {
    handle(SIGTRAP, trap, 0);
    int result;
    asm volatile("pushfq\n orl $0x100, (%%rsp)\n popfq\n nop\n mov $1, %%eax\n jmp 1f\n 1: add $2, %%eax\n"
                 "lea 1(%%rax), %%eax\n nop\n nop\n nop\n" : "=a"(result)::"cc", "memory");
    printf("%d traps, result %d\n", traps, result);
}
