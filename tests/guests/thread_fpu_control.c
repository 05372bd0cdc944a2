// Rounding modes of SSE and x87: inherited from the creator, then each thread's own.
// libs: -lm
#include "thread.h"
#include <fenv.h>
#include <xmmintrin.h>
static void *run(void *mode) {
    int inherited = fegetround();
    static const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
    fesetround(modes[NUMBER(mode)]);
    uint64_t sum = 0;
    for (volatile int i = 1; i < 3000; i++) {
        volatile double a = 1.0 / i;
        volatile long double b = 1.0L / i;
        volatile float back = b;
        double c = a;
        uint64_t bits;
        memcpy(&bits, &c, 8);
        sum = sum * 31 + bits + (back > a);
        if (i % 100 == 0) sched_yield();
    }
    printf("inherited %x now %x mxcsr %x\n", inherited, fegetround(), _mm_getcsr() & 0x6000);
    return (void *)sum;
}
int main(void) {
    pthread_t t;
    for (int i = 0; i < 4; i++) {
        fesetround(i % 2 ? FE_UPWARD : FE_DOWNWARD);
        printf("%lx\n", join(start(run, i)));
    }
    printf("main %x\n", fegetround());
}
