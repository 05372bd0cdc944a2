// Connections refused, in progress, finished; asked by SO_ERROR; made by several tries.
#include "net.h"
#include <poll.h>
int main(void) {
    struct sockaddr_in name, own;
    int listener = bound(SOCK_STREAM, &name);
    TRY(connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&name, sizeof name)); // nobody listens
    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), error = -1;
    socklen_t size = sizeof error;
    TRY(connect(s, (void *)&name, sizeof name) < 0);
    struct pollfd p = {s, POLLOUT};
    TRY(poll(&p, 1, 10000));
    getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size);
    printf("%x %s\n", p.revents, strerrorname_np(error));
    close(s);
    listen(listener, 3);
    s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    p.fd = s;
    TRY(connect(s, (void *)&name, sizeof name));
    TRY(poll(&p, 1, 10000));
    getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size);
    printf("%x %d\n", p.revents, error);
    TRY(connect(s, (void *)&name, sizeof name)); // says so once
    TRY(connect(s, (void *)&name, sizeof name));
    int b = accept(listener, NULL, NULL);
    struct sockaddr_in peer;
    size = sizeof peer;
    TRY(getpeername(b, (void *)&peer, &size));
    TRY(getsockname(s, (void *)&own, &size));
    printf("%d %d\n", peer.sin_port == own.sin_port, peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    TRY(getpeername(listener, (void *)&peer, &size));
    TRY(connect(s, (void *)&(struct sockaddr){AF_UNSPEC}, sizeof(struct sockaddr)));
    TRY(socket(AF_INET, 77, 0));
    TRY(socket(99, SOCK_STREAM, 0));
    TRY(socketpair(AF_INET, SOCK_STREAM, 0, (int[2]){0}));
    TRY(connect(1, (void *)&name, sizeof name));
    TRY(connect(s, (void *)16, 16));
}
