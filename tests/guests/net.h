/* What guests of sockets need: loopback listeners and connections. */
#pragma once
#include "thread.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

/* A socket bound to a free port of the loopback interface, and its name. */
static inline int bound(int type, struct sockaddr_in *name) {
    int s = socket(AF_INET, type, 0);
    socklen_t size = sizeof *name;
    *name = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(s, (void *)name, size)) perror("bind");
    getsockname(s, (void *)name, &size);
    return s;
}
static inline int listening(struct sockaddr_in *name) {
    int s = bound(SOCK_STREAM, name);
    listen(s, 50);
    return s;
}
static inline int connected(const struct sockaddr_in *name) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, (const void *)name, sizeof *name)) perror("connect");
    return s;
}
