// Four threads wait on one epoll set of ten eventfds: who is told of which.
// nondeterministic: the schedule is the point
#include "thread.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
static int epoll, fds[10];
static _Atomic int total;
static void *waits(void *n) {
    char log[500] = "";
    struct epoll_event events[2];
    uint64_t value;
    while (total < 100)
        for (int i = epoll_wait(epoll, events, 2, 5); i-- > 0;)
            if (read(fds[events[i].data.u32], &value, 8) == 8) {
                total += value;
                sprintf(log + strlen(log), " %dx%lu", events[i].data.u32, value);
            }
    printf("%d:%s\n", NUMBER(n), log);
    return NULL;
}
int main(void) {
    epoll = epoll_create1(0);
    for (int i = 0; i < 10; i++) {
        fds[i] = eventfd(0, EFD_NONBLOCK);
        epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &(struct epoll_event){EPOLLIN, {.u32 = i}});
    }
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(waits, i);
    for (int i = 0; i < 100; i++) write(fds[i * 7 % 10], &(uint64_t){1}, 8);
    for (int i = 0; i < 4; i++) join(t[i]);
}
