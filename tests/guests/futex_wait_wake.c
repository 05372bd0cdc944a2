// FUTEX_WAIT and FUTEX_WAKE, private and shared: wake counts, and a value that has changed.
#include "futex.h"
static int word, flag;
static _Atomic int woken;
static void *waits(void *unused) {
    woken += futex(&word, FUTEX_WAIT | flag, 0, NULL, NULL, 0) == 0;
    step();
    return NULL;
}
static void with(int private) {
    flag = private;
    steps_ = woken = 0;
    pthread_t t[5];
    TRY(futex(&word, FUTEX_WAKE | flag, 10, NULL, NULL, 0));
    TRY(futex(&word, FUTEX_WAIT | flag, 1, NULL, NULL, 0));
    for (int i = 0; i < 5; i++) t[i] = start(waits, 0);
    settle(&word, 5, flag);
    printf("%d woken\n", woken);
    TRY(futex(&word, FUTEX_WAKE | flag, 2, NULL, NULL, 0));
    await(2);
    printf("%d woken\n", woken);
    TRY(futex(&word, FUTEX_WAKE | flag, 0, NULL, NULL, 0)); // one all the same
    TRY(futex(&word, FUTEX_WAKE | flag, 10, NULL, NULL, 0));
    for (int i = 0; i < 5; i++) join(t[i]);
    printf("%d woken\n", woken);
}
int main(void) {
    with(PRIVATE);
    with(0);
}
