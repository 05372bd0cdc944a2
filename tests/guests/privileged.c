// Privileged instructions raise SIGSEGV with SI_KERNEL at their own address.
#include "guest.h"
static void segv(int sig, siginfo_t *info, void *context) {
    unsigned char *pc = (void *)REG(context, RIP);
    printf("signal %d code %d addr %p bytes %02x length %lld\n", sig, info->si_code, info->si_addr, *pc,
           REG(context, RAX));
    REG(context, RIP) += REG(context, RAX);
}
int main(void) {
    handle(SIGSEGV, segv, 0);
    asm volatile("hlt" ::"a"(1));
    asm volatile("cli" ::"a"(1));
    asm volatile("out %%al, %%dx" ::"a"(1), "d"(0x80));
    asm volatile("mov %%cr0, %%rcx" ::"a"(3) : "rcx");
    asm volatile("wrmsr" ::"a"(2), "c"(0), "d"(0));
    asm volatile("int $0x21" ::"a"(2));
    puts("done");
}
