// POSIX timers with SIGEV_SIGNAL: value and id in the siginfo, overruns while blocked, absolute times, no signal.
#include "proc.h"
#include <time.h>
static volatile int value, code, count;
static void tick(int sig, siginfo_t *info, void *context) { value = info->si_value.sival_int, code = info->si_code, count++; }
int main(void) {
    timer_t timer, silent;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = 77};
    struct itimerspec spec = {{0, 2000000}, {0, 2000000}}, now, none = {{0}};
    handle(SIGRTMIN, tick, 0);
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    TRY(timer_create(CLOCK_MONOTONIC, &event, &timer));
    TRY(timer_settime(timer, 0, &spec, NULL));
    while (count < 3) pause();
    printf("value %d code %d\n", value, code);
    sigprocmask(SIG_BLOCK, &set, &old);
    usleep(30000);
    count = 0;
    timer_settime(timer, 0, &none, &now);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("once delivered %d, overruns %d, interval %ld\n", count <= 1, count == 0 || timer_getoverrun(timer) > 3,
           now.it_interval.tv_nsec);
    count = 0;
    clock_gettime(CLOCK_MONOTONIC, &spec.it_value);
    spec.it_interval.tv_nsec = 0;
    timer_settime(timer, TIMER_ABSTIME, &spec, NULL); // in the past
    while (count < 1) usleep(1000);
    puts("absolute");
    event.sigev_notify = SIGEV_NONE;
    TRY(timer_create(CLOCK_REALTIME, &event, &silent));
    spec.it_value = (struct timespec){100, 0};
    timer_settime(silent, 0, &spec, NULL);
    timer_gettime(silent, &now);
    printf("runs %d\n", now.it_value.tv_sec > 50);
    TRY(timer_delete(timer));
    TRY(timer_delete(timer));
    TRY(timer_gettime(timer, &now));
    event.sigev_notify = 99;
    TRY(timer_create(CLOCK_REALTIME, &event, &silent));
    TRY(timer_create(99, NULL, &silent));
}
