// FUTEX_WAKE_BITSET wakes only those whose bits it shares, the first come first.
#include "futex.h"
static int word;
static _Atomic int woken;
static void *waits(void *n) {
    int bits[] = {1, 2, 4, 6, -1};
    futex(&word, FUTEX_WAIT_BITSET | PRIVATE, 0, NULL, NULL, bits[NUMBER(n)]);
    woken |= 1 << NUMBER(n);
    step();
    return NULL;
}
static void wake(int bits, int count, int total) {
    long result = futex(&word, FUTEX_WAKE_BITSET | PRIVATE, count, NULL, NULL, bits);
    await(total);
    printf("%x wakes %ld: now %x\n", bits, result, woken);
}
int main(void) {
    for (int i = 0; i < 5; i++) {
        start(waits, i);
        settle(&word, i + 1, PRIVATE);
    }
    wake(1 << 20, 1, 1);
    wake(8, 9, 1);
    wake(1, 9, 2);
    wake(4, 1, 3);
    wake(4, 1, 4);
    TRY(futex(&word, FUTEX_WAKE_BITSET | PRIVATE, 9, NULL, NULL, 0));
    TRY(futex(&word, FUTEX_WAIT_BITSET | PRIVATE, 0, NULL, NULL, 0));
    printf("%ld\n", futex(&word, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0));
    await(5);
    printf("%x\n", woken);
}
