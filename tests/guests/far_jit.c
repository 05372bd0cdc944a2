// Code in memory far from everything else: low, high and in between.
#include "guest.h"
int main(void) {
    unsigned char code[] = {0x8b, 0x05, 0x10, 0, 0, 0,          // mov eax, [rip+16]
                            0xff, 0x05, 0x0a, 0, 0, 0,          // inc dword [rip+10]
                            0x85, 0xff, 0x74, 2, 0xff, 0xcf, 0xc3}; // test edi,edi; jz +2; dec edi; ret
    uint64_t places[] = {0x10000000000, 0x700000000000, 0x40000000, 0x7000000, 0x300000000000};
    for (int i = 0; i < 5; i++) {
        char *p = mmap((void *)places[i], PAGE, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (p != (void *)places[i]) { puts("taken"); continue; }
        memcpy(p, code, sizeof code);
        *(int *)(p + 22) = 1000 * i;
        int last = 0;
        for (int k = 0; k < 100; k++) last = ((int (*)(int))p)(k % 2);
        printf("%d %d\n", last, *(int *)(p + 22));
    }
}
