// poll, ppoll, select, pselect and epoll over own pipes, with data pointers and timeouts.
#include "guest.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>
int main(void) {
    int p[2], q[2];
    pipe(p);
    pipe(q);
    struct pollfd fds[] = {{p[0], POLLIN}, {p[1], POLLOUT}, {-1, POLLIN}, {999, POLLIN}};
    TRY(poll(fds, 4, 0));
    printf("%d %d %d %d\n", fds[0].revents, fds[1].revents, fds[2].revents, fds[3].revents);
    write(p[1], "x", 1);
    struct timespec t = {0, 5000000};
    TRY(ppoll(fds, 1, &t, NULL));
    TRY(poll(&(struct pollfd){q[0], POLLIN}, 1, 20));
    fd_set in, out;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(p[0], &in);
    FD_SET(q[0], &in);
    FD_SET(q[1], &out);
    struct timeval tv = {1, 0};
    TRY(select(20, &in, &out, NULL, &tv));
    printf("%d %d %d time kept %d\n", FD_ISSET(p[0], &in), FD_ISSET(q[0], &in), FD_ISSET(q[1], &out), tv.tv_sec <= 1);
    TRY(pselect(0, NULL, NULL, NULL, &t, NULL));
    int e = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {EPOLLIN, {.u64 = 0x123456789abcdef0}}, got[5] = {0};
    TRY(epoll_ctl(e, EPOLL_CTL_ADD, p[0], &event));
    event.data.u64 = 77;
    event.events = EPOLLIN | EPOLLET;
    epoll_ctl(e, EPOLL_CTL_ADD, q[0], &event);
    TRY(epoll_wait(e, got, 5, 0));
    printf("%x %lx\n", got[0].events, got[0].data.u64);
    write(q[1], "y", 1);
    TRY(epoll_wait(e, got, 5, 100));
    TRY(epoll_wait(e, got, 5, 0));
    TRY(epoll_ctl(e, EPOLL_CTL_DEL, p[0], NULL));
    TRY(epoll_pwait(e, got, 5, 5, NULL));
    TRY(epoll_ctl(e, EPOLL_CTL_ADD, e, &event));
}
