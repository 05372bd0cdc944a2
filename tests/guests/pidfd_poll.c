// A pidfd becomes readable when its process ends; in poll, select and epoll; before it is reaped.
#include "proc.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/select.h>
int main(void) {
    Gate go = gate();
    pid_t pid = CHILD(await(go); exit(2));
    int fd = pidfd_open(pid, 0), epoll = epoll_create1(0);
    struct pollfd poll_fd = {fd, POLLIN, 0};
    struct epoll_event event = {EPOLLIN | EPOLLET, {.u32 = 55}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    TRY(poll(&poll_fd, 1, 0));
    TRY(epoll_wait(epoll, &event, 1, 0));
    pass(go);
    event.data.u32 = 0;
    TRY(epoll_wait(epoll, &event, 1, -1));
    printf("events %x data %d\n", event.events, event.data.u32);
    TRY(poll(&poll_fd, 1, -1));
    printf("revents %x\n", poll_fd.revents);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    TRY(select(fd + 1, &set, NULL, NULL, NULL));
    char byte;
    TRY(read(fd, &byte, 1));
    reap("child", pid);
    TRY(poll(&poll_fd, 1, 0));
    printf("after the reaping: %s\n", poll_fd.revents & POLLHUP ? "hung up" : "readable");
}
