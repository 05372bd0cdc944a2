// epoll's level-triggered, edge-triggered and one-shot modes, fed by another thread.
#include "net.h"
#include <sys/epoll.h>
static int p[2];
static void *feeds(void *unused) {
    for (int i = 0; i < 4; i++) {
        await(i * 2 + 1);
        write(p[1], "abc", 3);
        step();
    }
    return NULL;
}
static void with(const char *name, int flags) {
    steps_ = 0;
    pipe(p);
    int epoll = epoll_create1(0);
    struct epoll_event event = {EPOLLIN | flags, {.u64 = ~0ULL / 3}}, got;
    epoll_ctl(epoll, EPOLL_CTL_ADD, p[0], &event);
    pthread_t t = start(feeds, 0);
    for (int i = 0; i < 4; i++) {
        step();
        await(i * 2 + 2);
        printf("%s: %d", name, epoll_wait(epoll, &got, 1, 0));
        printf(" again %d", epoll_wait(epoll, &got, 1, 0));
        read(p[0], &(char){0}, 1);
        printf(" part read %d %lx\n", epoll_wait(epoll, &got, 1, 0), got.data.u64);
        if (i == 2) epoll_ctl(epoll, EPOLL_CTL_MOD, p[0], &event);
    }
    join(t);
    close(epoll), close(p[0]), close(p[1]);
}
int main(void) {
    with("level", 0);
    with("edge", EPOLLET);
    with("once", EPOLLONESHOT);
    with("edge once", EPOLLET | EPOLLONESHOT);
}
