// A POSIX timer that signals a thread by its id, here the only one, of a CPU-time clock and in a child.
#include "proc.h"
#include <time.h>
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif
static volatile int count, sum;
static void tick(int sig, siginfo_t *info, void *context) { count++, sum += info->si_code == SI_TIMER; }
static void run(const char *who, clockid_t clock) {
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
    event.sigev_notify_thread_id = gettid();
    count = sum = 0;
    if (timer_create(clock, &event, &timer)) perror("timer_create");
    struct itimerspec spec = {{0, 1000000}, {0, 1000000}};
    timer_settime(timer, 0, &spec, NULL);
    volatile unsigned x = 1;
    while (count < 5) x = x * 5 + 1;
    timer_delete(timer);
    printf("%s: %d\n", who, sum == count);
}
int main(void) {
    handle(SIGUSR1, tick, SA_RESTART);
    run("monotonic", CLOCK_MONOTONIC);
    run("thread's time", CLOCK_THREAD_CPUTIME_ID);
    run("process's time", CLOCK_PROCESS_CPUTIME_ID);
    reap("child", CHILD(run("in the child", CLOCK_MONOTONIC)));
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
    event.sigev_notify_thread_id = getppid(); // a thread of another process
    TRY(timer_create(CLOCK_MONOTONIC, &event, &timer));
}
