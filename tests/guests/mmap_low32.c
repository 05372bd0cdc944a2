// MAP_32BIT gives addresses below 2 GiB, again and again.
#include "guest.h"
int main(void) {
    int outside = 0;
    for (int i = 0; i < 100; i++) {
        char *p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
        if (p == MAP_FAILED || (uint64_t)p + (1 << 20) > 1UL << 31) outside++;
        else p[12345] = i;
    }
    printf("outside %d\n", outside);
}
