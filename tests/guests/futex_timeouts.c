// Timeouts: relative for FUTEX_WAIT, absolute on either clock for FUTEX_WAIT_BITSET.
#include "futex.h"
static long elapsed(struct timespec since) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - since.tv_sec) * 1000000000 + now.tv_nsec - since.tv_nsec;
}
int main(void) {
    int word = 5;
    struct timespec begin = later(CLOCK_MONOTONIC, 0), time = {0, 5000000};
    TRY(futex(&word, FUTEX_WAIT | PRIVATE, 5, &time, NULL, 0));
    printf("waited %d\n", elapsed(begin) >= 5000000);
    time = (struct timespec){0};
    TRY(futex(&word, FUTEX_WAIT, 5, &time, NULL, 0));
    begin = later(CLOCK_MONOTONIC, 0);
    time = later(CLOCK_MONOTONIC, 5);
    TRY(futex(&word, FUTEX_WAIT_BITSET | PRIVATE, 5, &time, NULL, 1));
    printf("waited %d\n", elapsed(begin) >= 5000000);
    TRY(futex(&word, FUTEX_WAIT_BITSET | PRIVATE, 5, &time, NULL, 1)); // past
    time = later(CLOCK_REALTIME, 5);
    TRY(futex(&word, FUTEX_WAIT_BITSET | PRIVATE | FUTEX_CLOCK_REALTIME, 5, &time, NULL, -1));
    TRY(futex(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 5, &time, NULL, 0));
    time = (struct timespec){0, 1000000000};
    TRY(futex(&word, FUTEX_WAIT, 5, &time, NULL, 0));
    time = (struct timespec){-1};
    TRY(futex(&word, FUTEX_WAIT, 5, &time, NULL, 0));
    TRY(futex(&word, FUTEX_WAIT, 4, &time, NULL, 0));
    TRY(futex(&word, FUTEX_WAIT, 5, (void *)8, NULL, 0));
}
