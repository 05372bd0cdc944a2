// Alarm, interval timers and POSIX timers are not inherited by a child; a timerfd is shared.
#include "proc.h"
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
int main(void) {
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    struct itimerspec spec = {{0, 0}, {1000, 0}}, now;
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &spec, NULL);
    alarm(1000);
    struct itimerval val = {{0, 0}, {1000, 0}};
    setitimer(ITIMER_VIRTUAL, &val, NULL);
    setitimer(ITIMER_PROF, &val, NULL);
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    timerfd_settime(fd, 0, &spec, NULL);
    for (int who = 0; who < 2; who++) {
        pid_t pid = who ? 0 : fork();
        if (pid) {
            reap("child", pid);
            continue;
        }
        TRY(timer_gettime(timer, &now));
        for (int i = ITIMER_REAL; i <= ITIMER_PROF; i++) {
            getitimer(i, &val);
            printf("itimer %d runs %d\n", i, val.it_value.tv_sec > 0);
        }
        printf("alarm %d\n", alarm(0) > 0);
        timerfd_gettime(fd, &now);
        printf("timerfd %d\n", now.it_value.tv_sec > 0);
        if (!who) exit(0);
    }
}
