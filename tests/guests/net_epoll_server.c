// A server of one thread with non-blocking sockets and edge-triggered epoll, data by pointer.
#include "net.h"
#include <sys/epoll.h>
struct connection { int fd, state; char line[64]; };
static struct sockaddr_in name;
static void serve(struct connection *c) {
    char byte;
    long got;
    while ((got = read(c->fd, &byte, 1)) == 1) {
        c->line[c->state++] = byte;
        if (byte != '\n') continue;
        char answer[80];
        write(c->fd, answer, sprintf(answer, "%d:%.*s", c->state, c->state, c->line));
        c->state = 0;
    }
    if (got && errno != EAGAIN) puts("odd end");
}
static void *server(void *listener) {
    int epoll = epoll_create1(0), open_ = 0, served = 0;
    struct epoll_event event = {EPOLLIN}, events[4];
    epoll_ctl(epoll, EPOLL_CTL_ADD, NUMBER(listener), &event); // no data: the listener
    while (served < 6 || open_)
        for (int n = epoll_wait(epoll, events, 4, -1); n--;) {
            struct connection *c = events[n].data.ptr;
            if (!c) {
                c = calloc(1, sizeof *c);
                c->fd = accept4(NUMBER(listener), NULL, NULL, SOCK_NONBLOCK);
                event = (struct epoll_event){EPOLLIN | EPOLLRDHUP | EPOLLET, {.ptr = c}};
                epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
                served++, open_++;
            } else if (events[n].events & EPOLLRDHUP)
                close(c->fd), free(c), open_--;
            else
                serve(c);
        }
    return NULL;
}
static void *client(void *n) {
    int s = connected(&name);
    char line[60], answer[80] = "";
    uint64_t hash = 0;
    for (int i = 0; i < 20; i++) {
        write(s, line, sprintf(line, "client %d asks %d\n", NUMBER(n), i * i));
        hash = hash * 31 + hash_bytes(answer, recv(s, answer, sizeof answer, 0));
    }
    close(s);
    return (void *)hash;
}
int main(void) {
    pthread_t s = start(server, listening(&name)), t[6];
    for (int i = 0; i < 6; i++) t[i] = start(client, i);
    for (int i = 0; i < 6; i++) printf("%lx\n", join(t[i]));
    join(s);
}
