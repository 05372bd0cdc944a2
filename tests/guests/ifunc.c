// Indirect functions, resolved at load time; string functions of every length.
#include "guest.h"
static int fast(void) { return 2; }
static int (*resolve(void))(void) { __builtin_cpu_init(); return fast; }
int chosen(void) __attribute__((ifunc("resolve")));
int main(void) {
    printf("%d\n", chosen());
    static char a[5000], b[5000];
    uint64_t hash = 0;
    for (int n = 0; n < 600; n++) {
        memset(a, n, n);
        memcpy(b + n % 64, a, n);
        memmove(b + 3, b, n);
        a[n] = 0;
        hash = hash * 31 + strlen(a) + (memchr(b, n & 0xff, 5000) ? (char *)memchr(b, n & 0xff, 5000) - b : 0) + memcmp(a, b, n ? 1 : 0);
    }
    printf("%lx %lx\n", hash, hash_bytes(b, 5000));
}
