// A chain of PI locks: each thread holds one and waits for the next; then a cycle is refused.
#include "futex.h"
enum { N = 4 };
static _Atomic int words[N + 1];
static void *link_(void *n) {
    int me = NUMBER(n);
    futex(&words[me], FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0);
    step();
    await(N);
    long result = futex(&words[me + 1], FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0);
    printf("%d has the next one: %ld\n", me, result);
    futex(&words[me + 1], FUTEX_UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0);
    futex(&words[me], FUTEX_UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0);
    return NULL;
}
int main(void) {
    TRY(futex(&words[N], FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    pthread_t t[N];
    for (int i = 0; i < N; i++) t[i] = start(link_, i);
    for (int i = 1; i <= N; i++)
        while (!(words[i] & FUTEX_WAITERS)) sched_yield();
    nap(2); // marked as waiters, now also asleep
    TRY(futex(&words[0], FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0)); // would close the circle
    long result = futex(&words[N], FUTEX_UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0);
    for (int i = 0; i < N; i++) join(t[i]);
    printf("unlocked: %ld\n", result);
}
