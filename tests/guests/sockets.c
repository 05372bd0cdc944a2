// socketpair, sendmsg and recvmsg with several buffers, peeks, truncation, options, names.
#include "guest.h"
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/uio.h>
int main(void) {
    int s[2];
    TRY(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
    struct iovec out[] = {{"hello ", 6}, {"world", 6}};
    struct msghdr m = {.msg_iov = out, .msg_iovlen = 2};
    TRY(sendmsg(s[0], &m, 0));
    char a[4], b[20] = "";
    struct iovec in[] = {{a, 4}, {b, 20}};
    struct msghdr r = {.msg_iov = in, .msg_iovlen = 2};
    TRY(recvmsg(s[1], &r, MSG_PEEK));
    TRY(recvmsg(s[1], &r, 0));
    printf("%.4s|%s %x\n", a, b, r.msg_flags);
    send(s[0], "too long for that", 17, 0);
    r.msg_iovlen = 1;
    TRY(recvmsg(s[1], &r, 0));
    printf("%x\n", r.msg_flags);
    TRY(recv(s[1], a, 4, MSG_DONTWAIT));
    struct mmsghdr many[3] = {{{.msg_iov = out, .msg_iovlen = 1}}, {{.msg_iov = out + 1, .msg_iovlen = 1}}};
    TRY(sendmmsg(s[0], many, 2, 0));
    struct mmsghdr back[3] = {{{.msg_iov = in, .msg_iovlen = 2}}, {{.msg_iov = in, .msg_iovlen = 2}}};
    TRY(recvmmsg(s[1], back, 2, 0, NULL));
    printf("%d %d\n", back[0].msg_len, back[1].msg_len);
    int type, size = 1 << 14;
    socklen_t length = sizeof type;
    TRY(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &type, &length));
    printf("%d %d\n", type, length);
    TRY(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
    getsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &size, &length);
    printf("%d\n", size);
    TRY(shutdown(s[0], SHUT_RDWR));
    int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un name = {AF_UNIX, "socket"}, peer;
    TRY(bind(listener, (void *)&name, sizeof name));
    TRY(listen(listener, 5));
    TRY(connect(client, (void *)&name, sizeof name));
    length = sizeof peer;
    int server = WORKS(accept4(listener, (void *)&peer, &length, SOCK_CLOEXEC));
    printf("%d\n", length);
    length = sizeof peer;
    getpeername(client, (void *)&peer, &length);
    printf("%s %d\n", peer.sun_path, length);
    struct ucred who;
    length = sizeof who;
    getsockopt(server, SOL_SOCKET, SO_PEERCRED, &who, &length);
    printf("%d\n", who.pid == getpid());
    write(client, "stream", 6);
    TRY(readv(server, in, 2));
}
