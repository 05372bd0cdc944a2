// futex_waitv waits for several words at once and tells which was woken.
#include "futex.h"
struct waiter { uint64_t value; void *word; uint32_t flags, reserved; };
static int words[4];
static _Atomic long result = -5;
static long waitv(struct waiter *w, int n, int flags, struct timespec *end, int clock) {
    return syscall(449, w, n, flags, end, clock);
}
static void *waits(void *unused) {
    struct waiter w[4] = {};
    for (int i = 0; i < 4; i++) w[i] = (struct waiter){0, &words[i], 2 | PRIVATE};
    result = waitv(w, 4, 0, NULL, 0);
    step();
    return NULL;
}
int main(void) {
    for (int i = 3; i >= 0; i--) {
        steps_ = 0;
        result = -5;
        pthread_t t = start(waits, 0);
        while (!futex(&words[i], FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0)) sched_yield();
        await(1);
        printf("%ld\n", result);
        join(t);
    }
    struct waiter w[2] = {{0, &words[0], 2}, {7, &words[1], 2}};
    struct timespec soon = later(CLOCK_MONOTONIC, 5);
    TRY(waitv(w, 2, 0, NULL, 0));
    TRY(waitv(w, 1, 0, &soon, CLOCK_MONOTONIC));
    soon = later(CLOCK_REALTIME, 5);
    TRY(waitv(w, 1, 0, &soon, CLOCK_REALTIME));
    TRY(waitv(w, 1, 0, &soon, 77));
    TRY(waitv(w, 0, 0, NULL, 0));
    TRY(waitv(w, 129, 0, NULL, 0));
    TRY(waitv(w, 2, 1, NULL, 0));
    TRY(waitv((void *)8, 2, 0, NULL, 0));
    w[0].reserved = 1;
    TRY(waitv(w, 1, 0, NULL, 0));
    w[0] = (struct waiter){0, (char *)words + 1, 2};
    TRY(waitv(w, 1, 0, NULL, 0));
}
