// group: loops
#include <stdio.h>
#include <stdlib.h>
static void sort(unsigned *low, unsigned *high) {
    while (high - low > 1) {
        unsigned pivot = low[(high - low - 1) / 2], *i = low - 1, *j = high;
        for (;;) {
            do i++; while (*i < pivot);
            do j--; while (*j > pivot);
            if (i >= j) break;
            unsigned t = *i; *i = *j; *j = t;
        }
        sort(low, j + 1);
        low = j + 1;
    }
}
int main(void) {
    enum { N = 1 << 20 };
    unsigned *a = malloc(N * 4), x = 1, sum = 0;
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < N; i++) a[i] = x = x * 1664525 + 1013904223;
        sort(a, a + N);
        sum = sum * 31 + a[N / 2];
    }
    printf("%u\n", sum);
}
