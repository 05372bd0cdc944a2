// eventfd, timerfd, inotify, pidfd.
#include "guest.h"
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
int main(void) {
    int e = eventfd(3, EFD_NONBLOCK);
    uint64_t n = 4;
    TRY(write(e, &n, 8));
    TRY(read(e, &n, 8));
    printf("%ld\n", n);
    TRY(read(e, &n, 8));
    int t = timerfd_create(CLOCK_MONOTONIC, 0);
    struct itimerspec spec = {{0, 3000000}, {0, 3000000}}, now;
    TRY(timerfd_settime(t, 0, &spec, NULL));
    for (int i = 0; i < 3; i++) {
        if (read(t, &n, 8) != 8 || n < 1) puts("bad expiry");
    }
    TRY(timerfd_gettime(t, &now));
    printf("%ld\n", now.it_interval.tv_nsec);
    int i = inotify_init1(IN_NONBLOCK);
    printf("%d\n", inotify_add_watch(i, ".", IN_CREATE | IN_DELETE));
    close(open("new", O_CREAT | O_WRONLY, 0600));
    unlink("new");
    char buffer[1000];
    long got = read(i, buffer, sizeof buffer);
    for (char *p = buffer; p < buffer + got;) {
        struct inotify_event *event = (void *)p;
        printf("%x %s\n", event->mask, event->name);
        p += sizeof *event + event->len;
    }
    int pid = syscall(SYS_pidfd_open, getpid(), 0);
    printf("%d\n", pid >= 0);
    TRY(syscall(SYS_pidfd_send_signal, pid, 0, NULL, 0));
}
