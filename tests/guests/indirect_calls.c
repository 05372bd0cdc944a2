// Many indirect call targets from one site, and one target from many sites; qsort and bsearch callbacks.
#include "guest.h"
#define F(n) static int f##n(int x) { return x * (2 * n + 1) + n; }
#define ALL(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
ALL(F)
static int compare(const void *a, const void *b) { return *(int *)a - *(int *)b; }
int main(void) {
#define NAME(n) f##n,
    int (*all[])(int) = {ALL(NAME)};
    unsigned x = 1;
    for (int i = 0; i < 300000; i++) x = all[(x >> 13) % 16](x);
    printf("%u\n", x);
    static int numbers[50000];
    for (int i = 0; i < 50000; i++) numbers[i] = (x = x * 1664525 + 1013904223) >> 8;
    qsort(numbers, 50000, 4, compare);
    printf("%d %d\n", numbers[0], numbers[49999]);
    printf("%d\n", bsearch(&numbers[777], numbers, 50000, 4, compare) != NULL);
}
