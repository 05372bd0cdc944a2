// A computed-goto interpreter and a large switch, with every target taken.
#include "guest.h"
static int dense(int n) {
    switch (n) {
#define CASE(n) case n: return n * 7 ^ 0x55;
#define TEN(n) CASE(n##0) CASE(n##1) CASE(n##2) CASE(n##3) CASE(n##4) CASE(n##5) CASE(n##6) CASE(n##7) CASE(n##8) CASE(n##9)
        TEN(1) TEN(2) TEN(3) TEN(4) TEN(5) TEN(6) TEN(7) TEN(8) TEN(9) TEN(10) TEN(11) TEN(12) TEN(13) TEN(14) TEN(15)
    case 1000: puts("thousand"); return 1;
    default: return -n;
    }
}
int main(void) {
    static void *ops[] = {&&add, &&mul, &&xor, &&dec, &&done};
    unsigned x = 1, n = 200000;
next:
    if (!n--) goto *ops[4];
    goto *ops[(x >> 16) % 4];
add: x += 0x12345; goto next;
mul: x *= 1664525; goto next;
xor: x ^= x >> 7; goto next;
dec: x -= 99991; goto next;
done:
    printf("%u\n", x);
    long sum = 0;
    for (int i = 0; i <= 1000; i++) sum = sum * 3 + dense(i);
    printf("%ld\n", sum);
}
