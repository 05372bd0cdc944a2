// A program that is not position-independent and ends above 1.5 GiB: 1.9 GiB of zeros.
// build: -no-pie
#include "guest.h"
static char big[0x7a000000];
int main(void) {
    long sum = 0;
    for (size_t i = 0; i < sizeof big; i += 16 << 20) big[i] = i >> 24;
    for (size_t i = 0; i < sizeof big; i += 16 << 20) sum += big[i];
    big[sizeof big - 1] = 5;
    printf("%ld %d %d\n", sum, big[sizeof big - 1], (uintptr_t)(big + sizeof big) > 0x60000000);
    char *p = malloc(100000);
    printf("%d\n", p != NULL);
    free(p);
}
