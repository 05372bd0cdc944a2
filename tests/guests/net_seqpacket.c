// Sequenced packets: boundaries are kept, truncation is reported, the end is an empty read.
#include "net.h"
static int s[2];
static void *receives(void *unused) {
    char data[8];
    for (;;) {
        struct iovec part = {data, 8};
        struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
        long got = recvmsg(s[1], &m, 0);
        printf("%ld '%.*s' flags %x\n", got, (int)(got > 0 ? got : 0), data, m.msg_flags);
        step();
        if (got <= 0) return POINTER(errno);
    }
}
int main(void) {
    TRY(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s));
    send(s[0], "one", 3, 0);
    send(s[0], "two", 3, MSG_EOR);
    send(s[0], "much too long", 13, 0);
    pthread_t t = start(receives, 0);
    await(3);
    send(s[0], "late", 4, 0);
    await(4);
    close(s[0]);
    join(t);
    TRY(send(s[1], "x", 1, MSG_NOSIGNAL));
    int type;
    socklen_t size = sizeof type;
    getsockopt(s[1], SOL_SOCKET, SO_TYPE, &type, &size);
    printf("%d\n", type == SOCK_SEQPACKET);
}
