// Indirect branches to addresses that lie as close as can be: one, two, three bytes from each other, across
// the end of a page, in any order, and again after the code was changed.
// build: -mno-red-zone
#include "guest.h"
#include <string.h>

enum { LEN = 64 };

// One-byte instructions: each entry into the run gives another permutation of the registers.
static void write_run(unsigned char *at) {
    static const unsigned char xchg[5] = {0x91, 0x92, 0x93, 0x96, 0x97};
    unsigned x = 1;
    for (int i = 0; i < LEN; i++) {
        x = x * 1103515245 + 12345;
        at[i] = xchg[(x >> 16) % 5];
    }
    at[LEN] = 0xc3;
}

static unsigned enter(void *entry) {
    unsigned a = 1, b = 2, c = 3, d = 4, s = 5, t = 6;
    asm volatile("call *%6" : "+a"(a), "+b"(b), "+c"(c), "+d"(d), "+S"(s), "+D"(t) : "r"(entry) : "cc", "memory");
    return ((((a * 7 + b) * 7 + c) * 7 + d) * 7 + s) * 7 + t;
}

// Enters at `count` places, the n-th of which is `(first + n * step) % LEN`; each of them `times` in a row.
static unsigned visit(unsigned char *run, int first, int step, int count, int times) {
    unsigned sum = 0;
    for (int n = 0; n < count; n++)
        for (int i = 0; i < times; i++) sum = sum * 31 + enter(run + (first + n * step) % LEN);
    return sum;
}

// Return addresses two and three bytes apart.
static unsigned returns(void) {
    unsigned count = 0;
    for (int i = 0; i < 50; i++)
        asm volatile("lea 1f(%%rip), %%rax\n mov %%rax, %%r8\n"
                     ".rept 40\n call *%%rax\n call *%%r8\n call *%%r8\n call *%%rax\n .endr\n"
                     "jmp 2f\n"
                     "1: inc %0\n ret\n"
                     "2:"
                     : "+r"(count)::"rax", "r8", "cc", "memory");
    return count;
}

int main(void) {
    static const int steps[] = {1, LEN - 1, 2, 3, LEN - 3, 5, 29};
    for (unsigned n = 0; n < sizeof steps / sizeof *steps; n++) {
        for (int offset = 0x7e0; offset < 0x1000; offset += 0x800) {
            unsigned char *code = mmap(0, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            write_run(code + offset);
            printf("%d %x: %x", steps[n], offset, visit(code + offset, n, steps[n], 2 * LEN, 1));
            printf(" %x", visit(code + offset, n, steps[n], LEN, 50));
            code[offset + 31] ^= 1;
            if (code[offset + 31] < 0x91) code[offset + 31] = 0x91;
            printf(" %x", visit(code + offset, n, steps[n], 2 * LEN, 2));
            printf(" %x\n", visit(code + offset, n + 7, 11, 2 * LEN, 2));
        }
    }
    printf("%u\n", returns());
}
