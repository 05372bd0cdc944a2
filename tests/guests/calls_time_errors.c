// Clocks, sleeps and timers.
#include "calls.h"
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>

static struct timespec wrong = {0, 2000000000}, negative = {-1, 0}, none, brief = {0, 1};

static void clocks(void) {
    fresh();
    CALL(clock_gettime, 77, A(0));
    CALL(clock_gettime, CLOCK_REALTIME, BAD);
    CALL(clock_gettime, CLOCK_MONOTONIC, readonly);
    CALL(clock_gettime, CLOCK_PROCESS_CPUTIME_ID, HIGH);
    CALL(clock_gettime, -99999999, A(0));
    FILL(clock_gettime, CLOCK_BOOTTIME, A(0));
    FILL(clock_gettime, CLOCK_THREAD_CPUTIME_ID, A(0));
    fresh();
    CALL(clock_getres, CLOCK_MONOTONIC, A(0));
    CALL(clock_getres, CLOCK_MONOTONIC, 0);
    CALL(clock_getres, 77, A(0));
    CALL(clock_getres, CLOCK_MONOTONIC, BAD);
    CALL(clock_settime, CLOCK_MONOTONIC, &none);
    CALL(clock_settime, 77, &none);
    CALL(clock_settime, CLOCK_REALTIME, &wrong);
    CALL(clock_settime, CLOCK_REALTIME, BAD);
    CALL(gettimeofday, BAD, 0);
    CALL(gettimeofday, 0, BAD);
    CALL(gettimeofday, 0, 0);
    FILL(gettimeofday, A(0), 0);
    fresh();
    CALL(gettimeofday, 0, A(0));
    CALL(settimeofday, BAD, 0);
    CALL(settimeofday, &wrong, 0);
    CALL(time, BAD);
    VARY(time, A(8));
    VARY(times, A(8));
    CALL(times, BAD);
    CALL(adjtimex, BAD);
    CALL(clock_adjtime, 77, A(0));
    CALL(clock_adjtime, CLOCK_REALTIME, BAD);
    CALL(clock_adjtime, CLOCK_MONOTONIC, A(0));
}

static void sleeps(void) {
    fresh();
    CALL(nanosleep, &wrong, A(0));
    CALL(nanosleep, &negative, A(0));
    CALL(nanosleep, BAD, A(0));
    CALL(nanosleep, &brief, BAD);
    CALL(clock_nanosleep, 77, 0, &brief, 0);
    CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, &wrong, 0);
    CALL(clock_nanosleep, CLOCK_MONOTONIC, 77, &brief, 0);
    CALL(clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &brief, BAD);
    CALL(clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &brief, 0);
    CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, BAD, 0);
}

static void timers(void) {
    fresh();
    struct itimerval bad_value = {{0, 0}, {0, 2000000}};
    CALL(getitimer, 77, A(0));
    CALL(getitimer, ITIMER_REAL, BAD);
    CALL(getitimer, ITIMER_REAL, A(0));
    CALL(setitimer, 77, A(0), 0);
    CALL(setitimer, ITIMER_REAL, &bad_value, 0);
    CALL(setitimer, ITIMER_REAL, BAD, 0);
    CALL(setitimer, ITIMER_VIRTUAL, 0, A(64));
    CALL(alarm, 0);
    struct sigevent event = {.sigev_notify = SIGEV_NONE}, other = {.sigev_notify = 77};
    CALL(timer_create, 77, &event, A(0));
    CALL(timer_create, CLOCK_MONOTONIC, &other, A(0));
    CALL(timer_create, CLOCK_MONOTONIC, BAD, A(0));
    CALL(timer_create, CLOCK_MONOTONIC, &event, BAD);
    event.sigev_notify = SIGEV_SIGNAL, event.sigev_signo = 77;
    CALL(timer_create, CLOCK_MONOTONIC, &event, A(0));
    event.sigev_notify = SIGEV_NONE;
    VARY(timer_create, CLOCK_MONOTONIC, &event, A(0));
    int timer = *(int *)A(0);
    struct itimerspec hour = {{0, 0}, {3600, 0}}, wrong_too = {{0, 0}, {0, -1}};
    fresh();
    CALL(timer_settime, timer, 0, &wrong_too, A(0));
    CALL(timer_settime, timer, 0, BAD, A(0));
    CALL(timer_settime, 7777, 0, &hour, A(0));
    CALL(timer_settime, timer, 0, &hour, A(0));
    CALL(timer_settime, timer, 0, &hour, BAD);
    CALL(timer_gettime, timer, BAD);
    CALL(timer_gettime, 7777, A(0));
    FILL(timer_gettime, timer, A(0));
    CALL(timer_getoverrun, timer);
    CALL(timer_getoverrun, 7777);
    CALL(timer_delete, 7777);
    CALL(timer_delete, timer);
    CALL(timer_delete, timer);
    CALL(timerfd_create, 77, 0);
    CALL(timerfd_create, CLOCK_MONOTONIC, 77);
    int fd = CALL(timerfd_create, CLOCK_MONOTONIC, TFD_NONBLOCK), file = dup(1);
    fresh();
    CALL(timerfd_settime, fd, 77, &hour, 0);
    CALL(timerfd_settime, fd, 0, &wrong_too, 0);
    CALL(timerfd_settime, fd, 0, BAD, 0);
    CALL(timerfd_settime, file, 0, &hour, 0);
    CALL(timerfd_settime, 77, 0, &hour, 0);
    CALL(timerfd_settime, fd, 0, &hour, A(0));
    CALL(timerfd_gettime, fd, BAD);
    CALL(timerfd_gettime, 77, A(0));
    CALL(timerfd_gettime, file, A(0));
    CALL(read, fd, A(0), 8);
    CALL(read, fd, A(0), 4);
}

int main(void) {
    clocks();
    sleeps();
    timers();
}
