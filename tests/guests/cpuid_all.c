// cpuid is consistent with itself and with xgetbv; upper halves of the registers are cleared.
#include "guest.h"
#include <cpuid.h>
int main(void) {
    uint64_t a = -1, b = -1, c = -1, d = -1;
    asm volatile("mov $-1, %%rax\n mov %%rax, %%rbx\n mov %%rax, %%rdx\n xor %%eax, %%eax\n mov $0xffffffff00000000, %%rcx\n"
                 "cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d));
    printf("%d %d %d %d\n", a >> 32, b >> 32, c >> 32, d >> 32);
    char vendor[13] = {0};
    memcpy(vendor, &b, 4), memcpy(vendor + 4, &d, 4), memcpy(vendor + 8, &c, 4);
    puts(vendor);
    unsigned eax, ebx, ecx, edx;
    __cpuid(1, eax, ebx, ecx, edx);
    printf("%x sse2 %d osxsave %d\n", eax, edx >> 26 & 1, ecx >> 27 & 1);
    if (ecx >> 27 & 1) {
        unsigned low, high, size_now, size_max, c2, d2;
        asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
        __cpuid_count(13, 0, eax, size_now, size_max, edx);
        printf("xgetbv within cpuid: %d, sse on %d, sizes %d\n", (low & ~eax) == 0, low >> 1 & 1, size_now <= size_max);
    }
    unsigned brand[13] = {0};
    for (int i = 0; i < 3; i++)
        __cpuid(0x80000002 + i, brand[4 * i], brand[4 * i + 1], brand[4 * i + 2], brand[4 * i + 3]);
    puts((char *)brand);
    printf("%d\n", __builtin_cpu_supports("sse2") != 0);
}
