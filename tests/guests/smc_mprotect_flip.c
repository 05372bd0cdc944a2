// A W^X JIT: writable, written, executable, run, and around again.
#include "guest.h"
int main(void) {
    unsigned char *code = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    long sum = 0;
    for (int i = 0; i < 300; i++) {
        unsigned char *at = code + (i % 7) * 600;
        mprotect(code, 2 * PAGE, PROT_READ | PROT_WRITE);
        memcpy(at, "\xb8\0\0\0\0\xc3", 6);
        *(int *)(at + 1) = i;
        mprotect(code, 2 * PAGE, PROT_READ | PROT_EXEC);
        sum = sum * 3 + ((int (*)(void))at)();
    }
    printf("%ld\n", sum);
}
