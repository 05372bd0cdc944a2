// Unaligned and 16-byte values that others write: how many reads were torn, and where.
// nondeterministic: the schedule is the point
#include "thread.h"
#include <emmintrin.h>
static struct __attribute__((packed, aligned(64))) {
    char pad[60];
    long split;
    char more[60];
    __m128i wide;
} data;
static _Atomic int done;
static void *writes(void *unused) {
    for (long i = 0; i < 2000000; i++) {
        *(volatile long *)&data.split = i % 2 ? -1 : 0;
        *(volatile __m128i_u *)&data.wide = _mm_set1_epi8(i);
    }
    done = 1;
    return NULL;
}
int main(void) {
    pthread_t t = start(writes, 0);
    long torn = 0, reads = 0;
    while (!done) {
        long split = *(volatile long *)&data.split;
        __m128i wide = *(volatile __m128i_u *)&data.wide;
        torn += (split != 0 && split != -1) + (_mm_cvtsi128_si32(wide) != wide[1] >> 32);
        reads++;
    }
    join(t);
    printf("torn %ld of %ld\n", torn, reads);
}
