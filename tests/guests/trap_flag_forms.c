// TF across system calls, repeated string instructions, pushf, popf, branches, mov ss, int3.
#include "guest.h"
extern char base[], compare[], scan[];
static volatile int n;
static struct { long rip, flags, rcx, trap, code; } seen[64];
static void trap(int sig, siginfo_t *info, void *context) {
    if (n < 64) {
        seen[n].rip = REG(context, RIP) - (long)base;
        seen[n].flags = REG(context, EFL) & 0xfd5;
        seen[n].rcx = REG(context, RCX) & 0xff;
        seen[n].trap = REG(context, TRAPNO);
        seen[n].code = info->si_code;
    }
    if (++n > 60) REG(context, EFL) &= ~0x100;
}
int main(void) {
    handle(SIGTRAP, trap, 0);
    char from[64] = "some text", to[64] = "some other text";
    long pushed;
    asm volatile("mov %1, %%r8\n mov %2, %%r9\n lea -256(%%rsp), %%rsp\n pushfq\n orl $0x100, (%%rsp)\n popfq\n"
                 "base: nop\n mov $39, %%eax\n syscall\n mov %%r11, %%r10\n nop\n"
                 "mov $3, %%ecx\n mov %%r8, %%rsi\n mov %%r9, %%rdi\n rep movsb\n nop\n"
                 "mov $9, %%ecx\n mov %%r8, %%rsi\n mov %%r9, %%rdi\n compare: repe cmpsb\n"
                 "mov $0, %%ecx\n rep stosb\n mov $20, %%ecx\n mov $0x20, %%al\n mov %%r8, %%rdi\n scan: repne scasb\n"
                 "pushfq\n pop %%rbx\n call 1f\n jmp 2f\n 1: ret\n 2: mov $3, %%ecx\n 3: loop 3b\n"
                 "lea 4f(%%rip), %%rax\n jmp *%%rax\n nop\n 4: xor %%eax, %%eax\n cpuid\n mov %%ss, %%eax\n"
                 "mov %%eax, %%ss\n nop\n nop\n int3\n nop\n pushfq\n andl $~0x100, (%%rsp)\n popfq\n nop\n nop\n"
                 "lea 256(%%rsp), %%rsp\n and $0x100, %%r10d\n and $0x100, %%ebx\n or %%r10, %%rbx\n mov %%rbx, %0"
                 : "=&r"(pushed)
                 : "r"(from), "r"(to)
                 : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
    for (int i = 0; i < n && i < 64; i++) {
        // Between two rounds of a comparison processors differ: some show the flags from before it.
        if (seen[i].rip == compare - base || seen[i].rip == scan - base) seen[i].flags &= 0x700;
        printf("+%lx flags %lx rcx %lx trap %ld code %ld\n", seen[i].rip, seen[i].flags, seen[i].rcx, seen[i].trap,
               seen[i].code);
    }
    printf("%d traps, TF seen %lx, %s\n", n, pushed, to);
}
