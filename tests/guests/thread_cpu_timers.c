// Timers on the processor time of the process and of one thread fire while it works.
#include "thread.h"
static _Atomic int hits[2];
static void handler(int sig, siginfo_t *info, void *context) { hits[info->si_value.sival_int]++; }
static void *works(void *unused) {
    struct sigevent event = {.sigev_signo = SIGRTMIN, .sigev_notify = SIGEV_SIGNAL};
    timer_t timers[2];
    clockid_t own;
    pthread_getcpuclockid(pthread_self(), &own);
    for (int i = 0; i < 2; i++) {
        event.sigev_value.sival_int = i;
        timer_create(i ? own : CLOCK_PROCESS_CPUTIME_ID, &event, &timers[i]);
        timer_settime(timers[i], 0, &(struct itimerspec){{0, 3000000}, {0, 3000000}}, NULL);
    }
    while (hits[0] < 3 || hits[1] < 3) {}
    TRY(timer_delete(timers[0]));
    TRY(timer_delete(timers[1]));
    TRY(timer_create(own + 8 * 1000000, &event, &timers[0]));
    return NULL;
}
int main(void) {
    handle(SIGRTMIN, handler, SA_RESTART);
    join(start(works, 0));
    setitimer(ITIMER_VIRTUAL, &(struct itimerval){{0}, {0, 3000}}, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGVTALRM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    sigset_t pending;
    do sigpending(&pending);
    while (!sigismember(&pending, SIGVTALRM));
    puts("virtual");
}
