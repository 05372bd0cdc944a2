// FUTEX_REQUEUE and FUTEX_CMP_REQUEUE: some are woken, some moved; a changed value refuses.
#include "futex.h"
static int b = 7, c;
static _Atomic int woken;
static void *waits(void *unused) {
    futex(&b, FUTEX_WAIT | PRIVATE, 7, NULL, NULL, 0);
    woken++;
    step();
    return NULL;
}
int main(void) {
    pthread_t t[10];
    for (int i = 0; i < 10; i++) t[i] = start(waits, 0);
    settle(&b, 10, PRIVATE);
    TRY(futex(&b, FUTEX_CMP_REQUEUE | PRIVATE, 1, COUNT(5), &c, 6));
    TRY(futex(&b, FUTEX_CMP_REQUEUE | PRIVATE, 2, COUNT(5), &c, 7));
    await(2);
    printf("woken %d\n", woken);
    TRY(futex(&c, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0));
    await(3);
    TRY(futex(&c, FUTEX_REQUEUE | PRIVATE, 1, COUNT(1), &b, 0));
    await(4);
    TRY(futex(&c, FUTEX_WAKE | PRIVATE, 100, NULL, NULL, 0));
    TRY(futex(&b, FUTEX_WAKE | PRIVATE, 100, NULL, NULL, 0));
    for (int i = 0; i < 10; i++) join(t[i]);
    printf("woken %d\n", woken);
    TRY(futex(&b, FUTEX_REQUEUE | PRIVATE, 1, COUNT(-1), &c, 0));
    TRY(futex(&b, FUTEX_REQUEUE | PRIVATE, -1, COUNT(1), &c, 0));
    TRY(futex(&b, FUTEX_REQUEUE | PRIVATE, 1, COUNT(1), (char *)&c + 1, 0));
    TRY(futex(&b, FUTEX_REQUEUE | PRIVATE, 1, COUNT(1), (void *)8, 0));
}
