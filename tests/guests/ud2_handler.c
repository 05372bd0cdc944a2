// SIGILL at ud2 and other invalid instructions: exact address; the handler steps over them.
#include "guest.h"
static void ill(int sig, siginfo_t *info, void *context) {
    unsigned char *pc = (void *)REG(context, RIP);
    printf("signal %d code %d addr %d bytes %02x %02x rax %llx\n", sig, info->si_code,
           info->si_addr == pc, pc[0], pc[1], REG(context, RAX));
    REG(context, RIP) += REG(context, RAX);
}
int main(void) {
    handle(SIGILL, ill, 0);
    asm volatile("ud2" ::"a"(2));
    asm volatile("ud1 %%ecx, %%ecx" ::"a"(3));
    asm volatile(".byte 0x06" ::"a"(1));                   // push es: not in 64-bit mode
    asm volatile(".byte 0xf0, 0x90" ::"a"(2));             // lock nop
    asm volatile(".byte 0x0f, 0x04" ::"a"(2));             // undefined opcode
    asm volatile(".byte 0xc5, 0xf8, 0x04" ::"a"(3));       // undefined VEX opcode
    puts("done");
}
