// FUTEX_WAKE_OP with waiters: the first word's always, the second's if its old value compares.
#include "futex.h"
static int c, d;
static _Atomic int woken[2];
static void *waits(void *which) {
    futex(which ? &d : &c, FUTEX_WAIT | PRIVATE, 0, NULL, NULL, 0);
    woken[!!which]++;
    step();
    return NULL;
}
static int op(int compares) { return FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_LT, compares); }
int main(void) {
    pthread_t t[8];
    for (int i = 0; i < 8; i++) t[i] = start(waits, i % 2);
    settle(&c, 4, PRIVATE);
    settle(&d, 4, PRIVATE);
    TRY(futex(&c, FUTEX_WAKE_OP | PRIVATE, 1, COUNT(2), &d, op(0))); // 0 < 0: only the first
    await(1);
    printf("%d %d, %d\n", woken[0], woken[1], d);
    TRY(futex(&c, FUTEX_WAKE_OP | PRIVATE, 1, COUNT(2), &d, op(2))); // 1 < 2: both
    await(4);
    printf("%d %d, %d\n", woken[0], woken[1], d);
    TRY(futex(&c, FUTEX_WAKE_OP | PRIVATE, 10, COUNT(10), &d, op(5)));
    for (int i = 0; i < 8; i++) join(t[i]);
    printf("%d %d, %d\n", woken[0], woken[1], d);
}
