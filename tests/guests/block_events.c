// Reads of eventfd, timerfd, inotify and pidfd polls block until another thread makes them ready.
#include "block.h"
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
static int event, timer, notify, pidfd;
static uint64_t value;
static char events[200];
static void read_event(void) { TRY(read(event, &value, 8)); }
static void write_event(void) { TRY(write(event, &(uint64_t){10}, 8)); }
static void read_timer(void) { TRY(read(timer, &value, 8)); }
static void read_notify(void) { TRY(read(notify, events, sizeof events)); }
static void poll_pidfd(void) { TRY(poll(&(struct pollfd){pidfd, POLLIN}, 1, -1)); }
int main(void) {
    event = eventfd(0, 0);
    pthread_t t = block(read_event);
    write(event, &(uint64_t){5}, 8);
    join(t);
    printf("%ld\n", value);
    write(event, &(uint64_t){-10}, 8);
    t = block(write_event); // would overflow
    read(event, &value, 8);
    join(t);
    printf("%ld\n", value);
    read(event, &value, 8);
    timer = timerfd_create(CLOCK_MONOTONIC, 0);
    t = block(read_timer);
    timerfd_settime(timer, 0, &(struct itimerspec){{0}, {0, 1}}, NULL);
    join(t);
    printf("%ld\n", value);
    notify = inotify_init();
    inotify_add_watch(notify, ".", IN_CREATE);
    t = block(read_notify);
    mkdir("made", 0700);
    join(t);
    printf("%s\n", ((struct inotify_event *)events)->name);
    int child = fork();
    if (!child) pause();
    pidfd = syscall(SYS_pidfd_open, child, 0);
    t = block(poll_pidfd);
    kill(child, SIGKILL);
    join(t);
    wait(NULL);
    interruptible();
    interrupt(block(read_event)), interrupt(block(read_timer)), interrupt(block(read_notify));
}
