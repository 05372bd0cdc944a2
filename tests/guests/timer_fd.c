// A timerfd shared with a child: read there, polled here, cancelled and set absolutely.
#include "proc.h"
#include <poll.h>
#include <sys/timerfd.h>
#include <time.h>
int main(void) {
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct itimerspec spec = {{0, 0}, {0, 5000000}}, now;
    uint64_t n = 0;
    struct pollfd fds = {fd, POLLIN, 0};
    TRY(read(fd, &n, 8));
    TRY(timerfd_settime(fd, 0, &spec, NULL));
    reap("child", CHILD(TRY(poll(&fds, 1, -1)); TRY(read(fd, &n, 8)); printf("expired %lu\n", n)));
    TRY(read(fd, &n, 8));
    clock_gettime(CLOCK_MONOTONIC, &spec.it_value);
    spec.it_interval.tv_sec = 100;
    TRY(timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL));
    TRY(poll(&fds, 1, -1));
    TRY(read(fd, &n, 8));
    timerfd_gettime(fd, &now);
    printf("next in %d\n", now.it_value.tv_sec >= 50 && now.it_value.tv_sec < 101);
    reap("child", CHILD(spec = (struct itimerspec){{0}}; timerfd_settime(fd, 0, &spec, NULL)));
    timerfd_gettime(fd, &now);
    printf("stopped by the child %d\n", now.it_value.tv_sec == 0 && now.it_value.tv_nsec == 0);
    TRY(read(fd, &n, 4));
    TRY(timerfd_create(99, 0));
}
