// fnstenv's instruction pointer is the guest's address of the last x87 instruction.
#include "guest.h"
extern char last[];
int main(void) {
    struct { unsigned words[7]; } env = {0};
    static double value = 2;
    asm volatile("fninit\n fldl %1\n mov $3, %%ecx\n 1: dec %%ecx\n jnz 1b\nlast: fsqrt\n mov $39, %%eax\n syscall\n fnstenv %0\n"
                 "fninit" : "=m"(env) : "m"(value) : "rax", "rcx", "r11", "cc", "memory");
    // Processors keep the pointers only after unmasked exceptions if they say so in cpuid: 0 then.
    unsigned ip = env.words[3];
    printf("%s\n", ip == 0 || ip == (unsigned)(long)last ? "guest's or none" : "foreign");
}
