// Over exec: alarm and interval timers run on, POSIX timers go, a timerfd and the time used so far stay.
// exit: signal ALRM
#include "proc.h"
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
int main(int argc, char **argv) {
    timer_t timer;
    struct itimerspec spec = {{0, 0}, {500, 0}}, now;
    struct itimerval val = {{0, 0}, {700, 0}};
    struct rusage usage;
    if (argc > 1) {
        TRY(timer_gettime((timer_t)atol(argv[1]), &now));
        getitimer(ITIMER_VIRTUAL, &val);
        printf("virtual %d\n", val.it_value.tv_sec > 600);
        timerfd_gettime(atoi(argv[2]), &now);
        printf("timerfd %d\n", now.it_value.tv_sec > 400);
        getrusage(RUSAGE_SELF, &usage);
        printf("time kept %d\n", usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec >= 10000);
        printf("alarm %d\n", alarm(0) > 400);
        alarm(1);
        for (;;) pause();
    }
    do getrusage(RUSAGE_SELF, &usage);
    while (usage.ru_utime.tv_sec == 0 && usage.ru_utime.tv_usec < 10000);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGTERM};
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &spec, NULL);
    setitimer(ITIMER_VIRTUAL, &val, NULL);
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    timerfd_settime(fd, 0, &spec, NULL);
    alarm(500);
    char numbers[2][20];
    sprintf(numbers[0], "%ld", (long)timer);
    sprintf(numbers[1], "%d", fd);
    execl("/proc/self/exe", "x", numbers[0], numbers[1], NULL);
}
