// setjmp and longjmp, deep and often.
#include "guest.h"
static jmp_buf buffer;
static void down(int n) {
    if (n == 0) longjmp(buffer, 7);
    down(n - 1);
}
int main(void) {
    volatile int rounds = 0;
    volatile double x = 1.5;
    int got = setjmp(buffer);
    if (rounds++ < 2000) down(rounds % 50);
    printf("%d %d %g\n", got, rounds, x);
}
