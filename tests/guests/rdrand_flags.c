// rdrand and rdseed set CF on success and clear OF, SF, ZF, AF, PF; all widths and registers.
// needs: rdrand
#include "guest.h"
int main(void) {
    int all = 0, bad = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t flags, value, high = -1;
        asm volatile("xor %%eax, %%eax\n rdrand %%r12\n pushfq\n pop %0\n mov %%r12, %1\n mov $-1, %%r13\n rdrand %%r13d\n mov %%r13, %2"
                     : "=&r"(flags), "=&r"(value), "=&r"(high)::"rax", "r12", "r13", "cc", "memory");
        all |= flags & 0x8d5;
        bad += (flags & 0x8d4) != 0 || (!(flags & 1) && value) || high >> 32;
    }
    printf("%x bad %d\n", all, bad);
}
