// Sockets: their errors, and what value-result lengths do to memory.
#include "calls.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

static int file, tcp, udp, pair[2];
static struct sockaddr_in nowhere = {AF_INET};
static struct sockaddr_un name = {AF_UNIX, "name"};

static void making(void) {
    CALL(socket, 77, SOCK_STREAM, 0);
    CALL(socket, AF_INET, 77, 0);
    CALL(socket, AF_INET, SOCK_STREAM, 77);
    CALL(socket, AF_INET, SOCK_STREAM | 0x100000, 0);
    CALL(socket, AF_UNIX, SOCK_STREAM, 77);
    CALL(socketpair, AF_INET, SOCK_STREAM, 0, A(0));
    CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, BAD);
    CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, readonly);
    CALL(socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, A(0));
    tcp = CALL(socket, AF_INET, SOCK_STREAM, 0);
    udp = CALL(socket, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
}

static void addresses(void) {
    fresh();
    *(int *)A(0) = 100;
    CALL(bind, tcp, BAD, 16);
    CALL(bind, tcp, &nowhere, 2);
    CALL(bind, tcp, &nowhere, 1000);
    CALL(bind, file, &nowhere, 16);
    CALL(bind, 77, &nowhere, 16);
    CALL(bind, pair[0], &nowhere, 16);
    struct sockaddr_in other = {AF_INET, 0, {inet_addr("192.0.2.1")}};
    CALL(bind, tcp, &other, 16);
    int named = socket(AF_UNIX, SOCK_STREAM, 0);
    CALL(bind, named, &name, sizeof name);
    CALL(bind, named, &name, sizeof name);
    int again = socket(AF_UNIX, SOCK_STREAM, 0);
    CALL(bind, again, &name, sizeof name);
    CALL(connect, again, &name, sizeof name);
    CALL(listen, named, 1);
    CALL(listen, udp, 1);
    CALL(listen, file, 1);
    CALL(listen, 77, 1);
    CALL(connect, again, &name, sizeof name);
    CALL(connect, again, &name, sizeof name);
    CALL(connect, tcp, BAD, 16);
    CALL(connect, tcp, &nowhere, 2);
    CALL(connect, file, &nowhere, 16);
    CALL(connect, 77, &nowhere, 16);
    struct sockaddr_in refused = {AF_INET, htons(1), {htonl(INADDR_LOOPBACK)}};
    CALL(connect, tcp, &refused, 16);
    refused.sin_family = 77;
    CALL(connect, tcp, &refused, 16);
    fresh();
    *(int *)A(0) = 100;
    CALL(getsockname, named, A(64), A(0));
    fresh();
    *(int *)A(0) = 4;
    CALL(getsockname, named, A(64), A(0));
    *(int *)A(0) = -1;
    CALL(getsockname, named, A(64), A(0));
    *(int *)A(0) = 100;
    CALL(getsockname, named, BAD, A(0));
    CALL(getsockname, named, A(64), BAD);
    CALL(getsockname, file, A(64), A(0));
    CALL(getpeername, tcp, A(64), A(0));
    CALL(getpeername, 77, A(64), A(0));
    fresh();
    *(int *)A(0) = 100;
    CALL(getpeername, again, A(64), A(0));
    fcntl(named, F_SETFL, O_NONBLOCK);
    fresh();
    *(int *)A(0) = 100;
    int taken = CALL(accept4, named, A(64), A(0), SOCK_CLOEXEC);
    CALL(accept4, named, 0, 0, 77);
    CALL(accept, named, 0, 0);
    CALL(accept, taken, 0, 0);
    CALL(accept, udp, 0, 0);
    CALL(accept, file, 0, 0);
    CALL(shutdown, taken, 77);
    CALL(shutdown, tcp, SHUT_RD);
    CALL(shutdown, file, SHUT_RD);
    CALL(shutdown, 77, SHUT_RD);
    close(named), close(again), close(taken);
}

static void messages(void) {
    struct iovec one = {A(0), 10}, wrong = {BAD, 10}, huge[2] = {{A(0), -1}, {A(0), 1}};
    struct msghdr msg = {.msg_iov = &one, .msg_iovlen = 1}, other;
    fresh();
    CALL(sendto, pair[0], "datagram", 8, 0, 0, 0);
    CALL(sendto, pair[0], BAD, 8, 0, 0, 0);
    CALL(sendto, udp, "x", 1, 0, 0, 0);
    CALL(sendto, udp, "x", 1, 0, &nowhere, 3);
    CALL(sendto, file, "x", 1, 0, 0, 0);
    CALL(sendto, 77, "x", 1, 0, 0, 0);
    CALL(sendto, tcp, "x", 1, MSG_NOSIGNAL, 0, 0);
    CALL(sendto, tcp, "x", 1, MSG_OOB | MSG_NOSIGNAL, 0, 0);
    static char large[70000];
    struct sockaddr_in discard = {AF_INET, htons(9), {htonl(INADDR_LOOPBACK)}};
    CALL(sendto, udp, large, sizeof large, 0, &discard, 16);
    CALL(recvfrom, pair[1], A(0), 3, MSG_PEEK, 0, 0);
    CALL(recvfrom, pair[1], A(0), 3, MSG_TRUNC, 0, 0);
    CALL(recvfrom, pair[1], A(0), 3, MSG_DONTWAIT, 0, 0);
    CALL(recvfrom, udp, A(0), 3, 0, 0, 0);
    CALL(recvfrom, udp, A(0), 3, MSG_ERRQUEUE, 0, 0);
    CALL(recvfrom, udp, A(0), 3, MSG_OOB, 0, 0);
    CALL(recvfrom, tcp, A(0), 3, 0, 0, 0);
    CALL(recvfrom, file, A(0), 3, 0, 0, 0);
    write(pair[0], "abcdef", 6);
    CALL(recvfrom, pair[1], END(2), 6, 0, 0, 0);
    fresh();
    CALL(recvmsg, pair[1], BAD, MSG_DONTWAIT);
    CALL(recvmsg, 77, &msg, 0);
    write(pair[0], "abcdef", 6);
    *(struct msghdr *)A(512) = msg;
    CALL(recvmsg, pair[1], A(512), 0);
    other = msg, other.msg_iov = &wrong;
    CALL(sendmsg, pair[0], &other, 0);
    other = msg, other.msg_iovlen = 1025;
    CALL(sendmsg, pair[0], &other, 0);
    CALL(recvmsg, pair[1], &other, MSG_DONTWAIT);
    other = msg, other.msg_iov = huge, other.msg_iovlen = 2;
    CALL(sendmsg, pair[0], &other, 0);
    other = msg, other.msg_name = A(0), other.msg_namelen = -1;
    CALL(sendmsg, udp, &other, 0);
    struct {
        struct cmsghdr head;
        int fd;
    } rights = {{sizeof rights.head + 4, SOL_SOCKET, SCM_RIGHTS}, 77};
    other = msg, other.msg_control = &rights, other.msg_controllen = sizeof rights;
    CALL(sendmsg, pair[0], &other, 0);
    rights.head.cmsg_len = 1000;
    CALL(sendmsg, pair[0], &other, 0);
    rights.head.cmsg_len = 20, rights.fd = 1000;
    CALL(sendmsg, pair[0], &other, 0);
    struct mmsghdr *many = A(1024);
    fresh();
    many[0] = many[1] = (struct mmsghdr){msg};
    CALL(sendmmsg, pair[0], many, 2, 0);
    CALL(sendmmsg, pair[0], BAD, 2, 0);
    CALL(recvmmsg, pair[1], many, 2, 0, 0);
    CALL(recvmmsg, pair[1], many, 2, MSG_DONTWAIT, 0);
    struct timespec bad_time = {0, -1};
    CALL(recvmmsg, pair[1], many, 2, MSG_DONTWAIT, &bad_time);
    CALL(recvmmsg, pair[1], many, 2, MSG_DONTWAIT, BAD);
}

static void options(void) {
    fresh();
    int *length = A(0);
    *length = 4;
    CALL(getsockopt, tcp, SOL_SOCKET, SO_TYPE, A(64), length);
    *length = 1;
    CALL(getsockopt, tcp, SOL_SOCKET, SO_TYPE, A(64), length);
    *length = -1;
    CALL(getsockopt, tcp, SOL_SOCKET, SO_TYPE, A(64), length);
    *length = 4;
    CALL(getsockopt, tcp, SOL_SOCKET, 7777, A(64), length);
    CALL(getsockopt, tcp, 7777, 1, A(64), length);
    CALL(getsockopt, tcp, SOL_SOCKET, SO_TYPE, BAD, length);
    CALL(getsockopt, tcp, SOL_SOCKET, SO_TYPE, A(64), BAD);
    CALL(getsockopt, file, SOL_SOCKET, SO_TYPE, A(64), length);
    CALL(getsockopt, 77, SOL_SOCKET, SO_TYPE, A(64), length);
    *length = 2;
    CALL(getsockopt, pair[0], SOL_SOCKET, SO_PEERGROUPS, A(64), length);
    int on = 1;
    CALL(setsockopt, tcp, SOL_SOCKET, SO_REUSEADDR, &on, 4);
    CALL(setsockopt, tcp, SOL_SOCKET, SO_REUSEADDR, &on, 1);
    CALL(setsockopt, tcp, SOL_SOCKET, SO_REUSEADDR, BAD, 4);
    CALL(setsockopt, tcp, SOL_SOCKET, SO_TYPE, &on, 4);
    CALL(setsockopt, tcp, IPPROTO_TCP, 7777, &on, 4);
    CALL(setsockopt, 77, SOL_SOCKET, SO_REUSEADDR, &on, 4);
    struct timeval wrong = {0, 2000000};
    CALL(setsockopt, tcp, SOL_SOCKET, SO_RCVTIMEO, &wrong, sizeof wrong);
}

int main(void) {
    file = open("file", O_CREAT | O_RDWR, 0600);
    nowhere.sin_port = 0;
    fresh();
    making();
    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
    addresses();
    messages();
    options();
}
