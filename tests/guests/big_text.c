// Some ten megabytes of code in a program at a fixed address, run once through.
// build: -no-pie -O0
#include "guest.h"
#define F(n) static int f##n(int x) { volatile int y = x; asm volatile(".skip 4000, 0x90"); return y * 3 + n; }
#define TEN(X, n) X(n##0) X(n##1) X(n##2) X(n##3) X(n##4) X(n##5) X(n##6) X(n##7) X(n##8) X(n##9)
#define HUNDRED(X, n) TEN(X, n##0) TEN(X, n##1) TEN(X, n##2) TEN(X, n##3) TEN(X, n##4) TEN(X, n##5) TEN(X, n##6) TEN(X, n##7) \
    TEN(X, n##8) TEN(X, n##9)
#define ALL(X) HUNDRED(X, 1) HUNDRED(X, 2) HUNDRED(X, 3) HUNDRED(X, 4) HUNDRED(X, 5) HUNDRED(X, 6) HUNDRED(X, 7) \
    HUNDRED(X, 8) HUNDRED(X, 9) HUNDRED(X, 10) HUNDRED(X, 11) HUNDRED(X, 12) HUNDRED(X, 13) HUNDRED(X, 14) HUNDRED(X, 15)
ALL(F)
int main(void) {
    unsigned x = 1;
#define C(n) x = f##n(x);
    ALL(C)
    printf("%u\n", x);
}
