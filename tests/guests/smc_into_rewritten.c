// Code that stays runs on into a page whose code is rewritten all the time.
#include "guest.h"
#include <sys/mman.h>
#include <string.h>

int main(void) {
    unsigned char *code = mmap(0, 8192, PROT_READ | PROT_WRITE | PROT_EXEC,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(code, 0x90, 8192);
    unsigned char *start = code + 4096 - 16;
    unsigned char *end = code + 4096;
    memcpy(end, "\xb8\0\0\0\0\xc3", 6); // mov eax, imm32; ret
    long sum = 0;
    for (int n = 0; n < 200; n++) {
        memcpy(end + 1, &n, 4);
        sum += ((int (*)(void))start)();
    }
    printf("%ld\n", sum);
}
