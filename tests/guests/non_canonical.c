// Non-canonical addresses: load, store, call, return and jump; SI_KERNEL and address 0.
#include "guest.h"
static sigjmp_buf back;
static void fault(int sig, siginfo_t *info, void *context) {
    long rip = REG(context, RIP);
    printf("signal %d code %d addr %p canonical rip %d\n", sig, info->si_code, info->si_addr, rip >> 47 == 0);
    siglongjmp(back, 1);
}
int main(void) {
    handle(SIGSEGV, fault, 0);
    handle(SIGBUS, fault, 0);
    volatile uint64_t bad = 0x8000000000001234;
    if (!sigsetjmp(back, 1)) *(volatile int *)bad;
    if (!sigsetjmp(back, 1)) *(volatile int *)bad = 1;
    if (!sigsetjmp(back, 1)) ((void (*)(void))bad)();
    if (!sigsetjmp(back, 1)) asm volatile("push %0\n ret" ::"r"(bad));
    if (!sigsetjmp(back, 1)) asm volatile("jmp *%0" ::"r"(bad));
    puts("done");
}
