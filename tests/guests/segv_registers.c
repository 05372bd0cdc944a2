// SIGSEGV in the middle of a hot loop with live flags: exact registers, flags, address; then skipped.
#include "guest.h"
extern char load[], store[];
uint64_t work(uint64_t pointer);
asm("work: mov $5, %ecx\n xor %edx, %edx\n stc\n"
    "1: adc %rdx, %rdx\n dec %ecx\n jnz 1b\n"
    "load: mov (%rdi), %rax\n adc $0, %rdx\n"
    "store: mov %rdx, (%rdi)\n mov %rdx, %rax\n ret");
static void segv(int sig, siginfo_t *info, void *context) {
    long rip = REG(context, RIP);
    printf("code %d addr %p err %llx at %s rcx %llx rdx %llx flags %llx\n", info->si_code, info->si_addr,
           REG(context, ERR), rip == (long)load ? "load" : rip == (long)store ? "store" : "?",
           REG(context, RCX), REG(context, RDX), REG(context, EFL) & 0xcd5);
    REG(context, RIP) += 3; // both are three bytes long
}
int main(void) {
    handle(SIGSEGV, segv, 0);
    uint64_t sum = 0;
    for (uint64_t p = 0x1000; p < 0x4000; p += 0x1000) sum += work(p);
    static uint64_t fine = 1;
    for (int i = 0; i < 1000; i++) sum += work((uint64_t)&fine);
    printf("sum %lx\n", sum);
}
