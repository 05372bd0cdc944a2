// FUTEX_WAIT_REQUEUE_PI and FUTEX_CMP_REQUEUE_PI: waiters of a condition become waiters of a PI lock.
#include "futex.h"
static int cond;
static _Atomic int mutex, holders;
static void *waits(void *unused) {
    long result = futex(&cond, FUTEX_WAIT_REQUEUE_PI | PRIVATE, 0, NULL, (void *)&mutex, 0);
    int mine = (mutex & FUTEX_TID_MASK) == gettid(), alone = ++holders == 1;
    printf("%ld mine %d alone %d\n", result, mine, alone);
    holders--;
    futex(&mutex, FUTEX_UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0);
    return NULL;
}
int main(void) {
    pthread_t t[4];
    TRY(futex(&mutex, FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    for (int i = 0; i < 4; i++) t[i] = start(waits, 0);
    int moved = 0;
    while (moved < 4)
        moved += futex(&cond, FUTEX_CMP_REQUEUE_PI | PRIVATE, 1, COUNT(10), (void *)&mutex, 0);
    printf("moved %d, waiters %d\n", moved, (mutex & FUTEX_WAITERS) != 0);
    long result = futex(&mutex, FUTEX_UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0);
    for (int i = 0; i < 4; i++) join(t[i]);
    printf("unlocked: %ld\n", result);
    struct timespec time = later(CLOCK_MONOTONIC, 5);
    TRY(futex(&cond, FUTEX_WAIT_REQUEUE_PI | PRIVATE, 0, &time, (void *)&mutex, 0));
    TRY(futex(&cond, FUTEX_WAIT_REQUEUE_PI | PRIVATE, 1, NULL, (void *)&mutex, 0));
    TRY(futex(&cond, FUTEX_WAIT_REQUEUE_PI | PRIVATE, 0, NULL, &cond, 0));
    TRY(futex(&cond, FUTEX_CMP_REQUEUE_PI | PRIVATE, 1, COUNT(1), (void *)&mutex, 1));
    TRY(futex(&cond, FUTEX_CMP_REQUEUE_PI | PRIVATE, 0, COUNT(1), (void *)&mutex, 0));
}
