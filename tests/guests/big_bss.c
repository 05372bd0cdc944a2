// 1 GiB of zero-initialised data, touched here and there.
// build: -mcmodel=large -no-pie
#include "guest.h"
static char big[1UL << 30];
int main(void) {
    long sum = 0;
    for (size_t i = 0; i < sizeof big; i += 100 << 20) big[i] = i >> 20, sum += big[i + 1];
    for (size_t i = 0; i < sizeof big; i += 100 << 20) sum += big[i];
    printf("%ld\n", sum);
}
