// group: indirect
#include <stdio.h>
#include <stdlib.h>
static int compare(const void *a, const void *b) {
    unsigned x = *(unsigned *)a, y = *(unsigned *)b;
    return (x > y) - (x < y);
}
int main(void) {
    enum { N = 1 << 19 };
    unsigned *a = malloc(N * 4), x = 1, sum = 0;
    for (int round = 0; round < 7; round++) {
        for (int i = 0; i < N; i++) a[i] = x = x * 1664525 + 1013904223;
        qsort(a, N, 4, compare);
        sum = sum * 31 + a[N / 2];
    }
    printf("%u\n", sum);
}
