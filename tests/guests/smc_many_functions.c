// A JIT that makes thousands of functions, chains them, throws them away and starts again.
#include "guest.h"
int main(void) {
    long total = 0;
    for (int round = 0; round < 10; round++) {
        unsigned char *code = mmap(0, 64 * PAGE, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        unsigned char *p = code;
        for (int i = 0; i < 4000; i++) { // lea eax, [rdi*2+rdi+imm32]; mov edi, eax; jmp +0..7 forward
            *p++ = 0x8d, *p++ = 0x84, *p++ = 0x7f, *(int *)p = i * round, p += 4;
            *p++ = 0x89, *p++ = 0xc7, *p++ = 0xeb, *p++ = i % 8;
            for (int k = 0; k < i % 8; k++) *p++ = 0xcc;
        }
        *p++ = 0xc3;
        total += ((int (*)(int))code)(round);
        munmap(code, 64 * PAGE);
    }
    printf("%ld\n", total);
}
