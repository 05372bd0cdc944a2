// epoll_wait, epoll_pwait and epoll_pwait2 block; the events are written at the end only.
#include "block.h"
#include <sys/epoll.h>
static int p[2], epoll;
static struct epoll_event events[3];
static void call_wait(void) { TRY(epoll_wait(epoll, events, 3, -1)); }
static void call_pwait(void) { TRY(epoll_pwait(epoll, events, 3, 100000, NULL)); }
static void call_pwait2(void) { TRY(syscall(441, epoll, events, 3, &(struct timespec){1000}, NULL, 0)); }
static void with(void (*call)(void)) {
    memset(events, 7, sizeof events);
    pthread_t t = block(call);
    printf("%x %lx\n", events[0].events, events[0].data.u64);
    write(p[1], "x", 1);
    join(t);
    printf("%x %lx, %x\n", events[0].events, events[0].data.u64, events[1].events);
    read(p[0], &(char){0}, 1);
}
int main(void) {
    pipe(p);
    epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, p[0], &(struct epoll_event){EPOLLIN, {.u64 = 0x123456789a}});
    with(call_wait), with(call_pwait), with(call_pwait2);
    interruptible();
    interrupt(block(call_wait)), interrupt(block(call_pwait)), interrupt(block(call_pwait2));
}
