// SCM_CREDENTIALS: filled in by the kernel, sent by hand, refused when they lie.
#include "net.h"
union control { char bytes[CMSG_SPACE(sizeof(struct ucred))]; struct cmsghdr header; };
static int s[2];
static void *receives(void *unused) {
    for (int i = 0; i < 2; i++) {
        union control c = {0};
        struct iovec part = {&(char){0}, 1};
        struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c};
        recvmsg(s[1], &m, 0);
        struct ucred *who = (void *)CMSG_DATA(&c.header);
        int same = who->uid == getuid() && who->gid == getgid();
        printf("%d %d: pid %d ids %d\n", c.header.cmsg_type, m.msg_flags, who->pid == getpid(), same);
    }
    return NULL;
}
int main(void) {
    socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
    TRY(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &(int){1}, 4));
    send(s[0], "x", 1, 0);
    union control c = {.header = {CMSG_LEN(sizeof(struct ucred)), SOL_SOCKET, SCM_CREDENTIALS}};
    struct ucred me = {getpid(), getuid(), getgid()};
    memcpy(CMSG_DATA(&c.header), &me, sizeof me);
    struct iovec part = {"y", 1};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c};
    TRY(sendmsg(s[0], &m, 0));
    join(start(receives, 0));
    me.pid = 0x3fffffff;
    memcpy(CMSG_DATA(&c.header), &me, sizeof me);
    TRY(sendmsg(s[0], &m, 0));
    struct ucred peer;
    socklen_t size = sizeof peer;
    TRY(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &peer, &size));
    printf("%d %d\n", peer.pid == getpid(), size);
}
