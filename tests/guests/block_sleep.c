// Sleeps, relative and absolute, while others run; interrupted, they tell what is left.
#include "block.h"
static struct timespec left = {7, 7};
static _Atomic int counting = 1;
static _Atomic long count;
static void *counts(void *unused) {
    while (counting) count++;
    return NULL;
}
static void relative(void) { TRY(nanosleep(&(struct timespec){1000}, &left)); }
static void clock_relative(void) { TRY(-clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){2000}, &left)); }
static void absolute(void) {
    struct timespec end = later(CLOCK_REALTIME, 1000000);
    TRY(-clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &end, &left));
}
int main(void) {
    pthread_t t = start(counts, 0);
    struct timespec end = later(CLOCK_MONOTONIC, 10), now;
    while (!count) sched_yield();
    long before = count;
    TRY(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL));
    clock_gettime(CLOCK_MONOTONIC, &now);
    while (count == before) sched_yield();
    printf("late enough %d\n", now.tv_sec > end.tv_sec || now.tv_nsec >= end.tv_nsec);
    TRY(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL)); // past
    TRY(nanosleep(&(struct timespec){0, 1000}, NULL));
    counting = 0;
    join(t);
    interruptible();
    interrupt(block(relative));
    printf("%d\n", left.tv_sec > 900 && left.tv_sec < 1000);
    interrupt(block(clock_relative));
    printf("%d\n", left.tv_sec > 1900 && left.tv_sec < 2000);
    interrupt(block(absolute));
}
