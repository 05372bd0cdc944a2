// Data in the same page as running code is written all the time, as old JITs and packers do.
#include "guest.h"
int main(void) {
    unsigned char *page = mmap(0, PAGE, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    // 1: incl 64(page); dec edi; jnz 1b; mov eax, [page+64]; ret
    unsigned char code[] = {0xff, 0x05, 58, 0, 0, 0, 0xff, 0xcf, 0x75, 0xf6, 0x8b, 0x05, 48, 0, 0, 0, 0xc3};
    memcpy(page, code, sizeof code);
    int (*function)(int) = (void *)page;
    printf("%d\n", function(1));
    printf("%d\n", function(20000));
    for (int i = 0; i < 1000; i++) {
        page[100] = i;
        function(3);
    }
    printf("%d\n", function(1));
}
