// Three hundred waiters on one word, woken in portions of growing size.
#include "futex.h"
enum { N = 300 };
static int word;
static _Atomic int woken;
static void *waits(void *unused) {
    futex(&word, FUTEX_WAIT | PRIVATE, 0, NULL, NULL, 0);
    woken++;
    step();
    return NULL;
}
int main(void) {
    for (int i = 0; i < N; i++) start(waits, 0);
    settle(&word, N, PRIVATE);
    for (int n = 1, total = 0; total < N; n *= 2) {
        int result = futex(&word, FUTEX_WAKE | PRIVATE, n, NULL, NULL, 0);
        await(total += result);
        printf("%d: %d, in all %d\n", n, result, woken);
    }
}
