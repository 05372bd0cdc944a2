// A function in a writable and executable page is rewritten between calls.
#include "guest.h"
int main(void) {
    unsigned char *code = mmap(0, PAGE, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int (*function)(void) = (void *)code;
    long sum = 0;
    for (int i = 0; i < 200; i++) {
        memcpy(code, "\xb8\0\0\0\0\xc3", 6); // mov eax, imm32; ret
        *(int *)(code + 1) = i * i;
        sum += function() + function();
    }
    printf("%ld\n", sum);
}
