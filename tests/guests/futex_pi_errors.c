// PI futexes with timeouts, owners that do not exist, and misuse of the other kind's waiters.
#include "futex.h"
static int word, plain;
static void *tries(void *unused) {
    struct timespec time = later(CLOCK_REALTIME, 5);
    TRY(futex(&word, FUTEX_LOCK_PI | PRIVATE, 0, &time, NULL, 0));
    TRY(futex(&word, FUTEX_LOCK_PI | PRIVATE, 0, &time, NULL, 0));
    time = later(CLOCK_MONOTONIC, 5);
    TRY(futex(&word, 13 | PRIVATE, 0, &time, NULL, 0)); // FUTEX_LOCK_PI2
    time.tv_nsec = -1;
    TRY(futex(&word, FUTEX_LOCK_PI | PRIVATE, 0, &time, NULL, 0));
    return NULL;
}
static void *waits(void *unused) {
    futex(&plain, FUTEX_WAIT | PRIVATE, 0, NULL, NULL, 0);
    return NULL;
}
int main(void) {
    TRY(futex(&word, FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    join(start(tries, 0));
    printf("waiters left %d\n", (word & FUTEX_WAITERS) != 0);
    TRY(futex(&word, FUTEX_UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    word = 0x1ffffff; // no such thread
    TRY(futex(&word, FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    TRY(futex(&word, FUTEX_TRYLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    TRY(futex(&word, FUTEX_UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    word = FUTEX_OWNER_DIED;
    TRY(futex(&word, FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    printf("died bit %d mine %d\n", (word & FUTEX_OWNER_DIED) != 0, (word & FUTEX_TID_MASK) == gettid());
    TRY(futex((char *)&word + 1, FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    TRY(futex((void *)8, FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    pthread_t t = start(waits, 0);
    settle(&plain, 1, PRIVATE);
    TRY(futex(&plain, FUTEX_CMP_REQUEUE_PI | PRIVATE, 1, COUNT(1), &word, 0));
    TRY(futex(&plain, FUTEX_CMP_REQUEUE_PI | PRIVATE, 2, COUNT(1), &word, 0));
    TRY(futex(&plain, FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    TRY(futex(&plain, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0));
    join(t);
}
