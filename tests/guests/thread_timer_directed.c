// POSIX timers whose signals go to particular threads (SIGEV_THREAD_ID).
#include "thread.h"
static __thread int me;
static _Atomic int wrong, ticks[4];
static void handler(int sig, siginfo_t *info, void *context) {
    wrong += info->si_code != SI_TIMER || info->si_value.sival_int != me;
    ticks[me]++;
}
static void *run(void *n) {
    me = NUMBER(n);
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 2};
    event.sigev_value.sival_int = me;
    event._sigev_un._tid = gettid();
    timer_t timer;
    if (timer_create(CLOCK_MONOTONIC, &event, &timer)) perror("timer_create");
    timer_settime(timer, 0, &(struct itimerspec){{0, 1000000}, {0, 1000000}}, NULL);
    volatile long work = 0;
    while (ticks[me] < 5) NUMBER(n) % 2 ? (void)work++ : (void)pause();
    timer_delete(timer);
    return NULL;
}
int main(void) {
    handle(SIGRTMIN + 2, handler, 0);
    pthread_t t[4];
    for (int i = 1; i < 4; i++) t[i] = start(run, i);
    for (int i = 1; i < 4; i++) join(t[i]);
    printf("wrong %d main %d\n", wrong, ticks[0]);
}
