// Far transfers that do not come about: for their selector, their stack, or where they lead. (Of a frame that
// cannot be read, processors differ in which word they read first.)
#include "guest.h"

#define NOWHERE 0x6ffff0000000
#define NO_ADDRESS 0x8000000000000000
static struct { unsigned long at; unsigned short selector; } pointer;
static void *resume;
static unsigned long stack, instruction;

static void on_fault(int signal, siginfo_t *info, void *context) {
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    printf(" signal %d code %d address %lx trap %lld error %llx at the instruction: %d\n", signal,
           info->si_code, (long)info->si_addr, regs[REG_TRAPNO], regs[REG_ERR],
           regs[REG_RIP] == (long)instruction);
    regs[REG_RSP] = stack;
    regs[REG_RIP] = (long)resume;
}

// Runs `setup` and then `transfer`; the handler goes on behind it.
#define CASE(setup, transfer)                                                                      \
    do {                                                                                           \
        printf("%s; %s:", setup, transfer);                                                        \
        __asm__ volatile("lea 1f(%%rip), %%rax\n mov %%rax, %0\n lea 2f(%%rip), %%rax\n"           \
                         "mov %%rax, %2\n mov %%rsp, %1\n" setup "\n"                              \
                         "2: " transfer "\n 1: nop"                                                \
                         : "=m"(resume), "=m"(stack), "=m"(instruction)                            \
                         : [pointer] "m"(pointer), "b"(NOWHERE), "d"(NO_ADDRESS)                   \
                         : "rax", "rcx", "memory", "cc");                                          \
        fflush(stdout);                                                                            \
    } while (0)

int main(void) {
    static char alternate[1 << 16];
    sigaltstack(&(stack_t){.ss_sp = alternate, .ss_size = sizeof alternate}, NULL);
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    for (int signal = 1; signal < 32; signal++)
        if (signal == SIGSEGV || signal == SIGBUS || signal == SIGILL)
            sigaction(signal, &action, NULL);
    CASE("pushq $0; push %%rax", "lretq");
    CASE("pushq $3; push %%rax", "lretq");
    CASE("pushq $0x2b; push %%rax", "lretq");
    CASE("pushq $0x30; push %%rax", "lretq");
    CASE("pushq $0x10; push %%rax", "lretq");
    CASE("pushq $0x53; push %%rax", "lretq");
    CASE("pushq $0xffff; push %%rax", "lretq");
    CASE("pushq $0x33; push %%rdx", "lretq");
    CASE("pushq $0x33; push %%rbx", "lretq");
    CASE("mov %%rdx, %%rsp", "lretq");
    CASE("mov %%rdx, %%rsp", "iretq");
    CASE("pushq $0; push %%rsp; pushq $0x202; pushq $0x33; push %%rax", "iretq");
    CASE("pushq $0x33; push %%rsp; pushq $0x202; pushq $0x33; push %%rax", "iretq");
    CASE("pushq $0x28; push %%rsp; pushq $0x202; pushq $0x33; push %%rax", "iretq");
    CASE("pushq $0x2b; push %%rsp; pushq $0x202; pushq $0x2b; push %%rax", "iretq");
    CASE("pushq $0x2b; push %%rsp; pushq $0x202; pushq $0x33; push %%rdx", "iretq");
    CASE("pushq $0x2b; push %%rdx; pushq $0x202; pushq $0x33; push %%rbx", "iretq");
    pointer.at = NOWHERE;
    static const unsigned short selectors[] = {0, 3, 0x2b, 0x10, 0x53, 0xffff, 0x30, 0x33};
    for (int i = 0; i < 8; i++) {
        pointer.selector = selectors[i];
        printf("selector %x\n", selectors[i]);
        CASE("lea %[pointer], %%rcx", "rex.W ljmp *(%%rcx)");
        CASE("lea %[pointer], %%rcx", "rex.W lcall *(%%rcx)");
    }
    CASE("mov %%rbx, %%rcx", "rex.W ljmp *(%%rcx)");
    CASE("mov %%rdx, %%rcx", "rex.W ljmp *(%%rcx)");
    CASE("mov %%rdx, %%rsp", "rex.W ljmp *(%%rsp)");
    CASE("lea %[pointer], %%rcx; mov %%rbx, %%rsp", "rex.W lcall *(%%rcx)");
    CASE("lea %[pointer], %%rcx; mov %%rdx, %%rsp", "rex.W lcall *(%%rcx)");
    pointer.at = NO_ADDRESS;
    CASE("lea %[pointer], %%rcx", "rex.W ljmp *(%%rcx)");
    CASE("lea %[pointer], %%rcx", "rex.W lcall *(%%rcx)");
    CASE("lea %[pointer], %%rcx; mov %%rbx, %%rsp", "rex.W lcall *(%%rcx)");
}
