// epoll within epoll, a closed descriptor that stays through its copy, changes while another waits.
#include "net.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
static int inner, outer, e;
static void *waits(void *unused) {
    struct epoll_event got;
    step();
    int n = epoll_wait(outer, &got, 1, -1);
    printf("%d %x %d\n", n, got.events, got.data.u32);
    return NULL;
}
int main(void) {
    inner = epoll_create1(0), outer = epoll_create1(0), e = eventfd(0, EFD_NONBLOCK);
    struct epoll_event in = {EPOLLIN, {.u32 = 1}}, out = {EPOLLIN, {.u32 = 2}}, got;
    TRY(epoll_ctl(outer, EPOLL_CTL_ADD, inner, &out));
    pthread_t t = start(waits, 0);
    await(1);
    TRY(epoll_ctl(inner, EPOLL_CTL_ADD, e, &in)); // while the other waits
    write(e, &(uint64_t){1}, 8);
    join(t);
    TRY(epoll_ctl(inner, EPOLL_CTL_ADD, outer, &out));
    TRY(epoll_ctl(inner, EPOLL_CTL_ADD, e, &in));
    TRY(epoll_ctl(inner, EPOLL_CTL_MOD, outer, &in));
    TRY(epoll_ctl(inner, EPOLL_CTL_DEL, outer, NULL));
    TRY(epoll_ctl(inner, 9, e, &in));
    int copy = dup(e);
    close(e);
    TRY(epoll_wait(inner, &got, 1, 0));
    TRY(epoll_ctl(inner, EPOLL_CTL_DEL, copy, NULL)); // was not added under this number
    close(copy);
    TRY(epoll_wait(inner, &got, 1, 0));
    TRY(epoll_wait(inner, &got, 0, 0));
    TRY(epoll_wait(inner, (void *)16, 1, 0));
    int file = open("file", O_CREAT | O_RDWR, 0600);
    TRY(epoll_ctl(inner, EPOLL_CTL_ADD, file, &in));
    TRY(epoll_wait(file, &got, 1, 0));
}
