// The frame a handler gets: alignment, red zone, registers, vectors, alternate stack, return address.
#include "guest.h"
static char other[65536];
static void handler(int sig, siginfo_t *info, void *context) {
    ucontext_t *u = context;
    char here;
    printf("on alternate stack %d flags %lx link %p\n", &here >= other && &here < other + sizeof other, u->uc_flags & ~0x1UL,
           u->uc_link);
    printf("aligned %d\n", ((long)__builtin_frame_address(0) & 15) == 0);
    printf("stack %d %zu\n", u->uc_stack.ss_sp == other, u->uc_stack.ss_size);
    printf("rbx %llx r15 %llx cs %llx xmm7 %x\n", REG(u, RBX), REG(u, R15), REG(u, CSGSFS) & 0xffff,
           u->uc_mcontext.fpregs->_xmm[7].element[0]);
    printf("magic %x\n", ((unsigned *)u->uc_mcontext.fpregs)[116]);
    memset(alloca(30000), 0x55, 30000);
}
int main(void) {
    stack_t alternate = {.ss_sp = other, .ss_size = sizeof other};
    sigaltstack(&alternate, NULL);
    handle(SIGUSR1, handler, SA_ONSTACK);
    long pid = getpid(), zone = 0;
    asm volatile("mov $0xb0b, %%ebx\n mov $0x1515, %%r15d\n mov $0x777, %%eax\n movd %%eax, %%xmm7\n movq $0x5eed, -64(%%rsp)\n"
                 "mov $62, %%eax\n mov $10, %%esi\n syscall\n mov -64(%%rsp), %0"
                 : "=r"(zone) : "D"(pid) : "rax", "rbx", "rcx", "rsi", "r11", "r15", "xmm7", "memory");
    printf("red zone %lx\n", zone);
    stack_t now;
    TRY(sigaltstack(NULL, &now));
    printf("%d\n", now.ss_flags);
    now.ss_size = 10;
    TRY(sigaltstack(&now, NULL));
}
