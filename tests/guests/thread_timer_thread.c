// A timer that makes threads (SIGEV_THREAD), and its overruns asked for.
#include "thread.h"
static _Atomic int count;
static pthread_t main_thread;
static void expired(union sigval value) {
    if (count++ >= 3) return;
    printf("%d in main %d\n", value.sival_int, pthread_equal(main_thread, pthread_self()) != 0);
    step();
}
int main(void) {
    main_thread = pthread_self();
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = expired};
    event.sigev_value.sival_int = 77;
    timer_t timer;
    TRY(timer_create(CLOCK_MONOTONIC, &event, &timer));
    timer_settime(timer, 0, &(struct itimerspec){{0, 2000000}, {0, 1000000}}, NULL);
    await(3);
    printf("%d\n", timer_getoverrun(timer) >= 0);
    TRY(timer_delete(timer));
}
