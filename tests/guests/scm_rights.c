// A descriptor and credentials sent to oneself.
#include "guest.h"
#include <sys/socket.h>
int main(void) {
    int s[2], p[2], one = 1;
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    pipe(p);
    TRY(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof one));
    union { char bytes[CMSG_SPACE(8)]; struct cmsghdr h; } out = {0};
    struct iovec data = {"d", 1};
    struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &out, .msg_controllen = sizeof out};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET, c->cmsg_type = SCM_RIGHTS, c->cmsg_len = CMSG_LEN(8);
    memcpy(CMSG_DATA(c), p, 8);
    TRY(sendmsg(s[0], &m, 0));
    char control[200], byte;
    struct iovec in = {&byte, 1};
    struct msghdr r = {.msg_iov = &in, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    TRY(recvmsg(s[1], &r, MSG_CMSG_CLOEXEC));
    int got[2] = {-1, -1};
    for (c = CMSG_FIRSTHDR(&r); c; c = CMSG_NXTHDR(&r, c)) {
        printf("type %d length %zu\n", c->cmsg_type, c->cmsg_len);
        if (c->cmsg_type == SCM_RIGHTS) memcpy(got, CMSG_DATA(c), 8);
        if (c->cmsg_type == SCM_CREDENTIALS) printf("mine %d\n", ((struct ucred *)CMSG_DATA(c))->pid == getpid());
    }
    write(got[1], "through the copy", 16);
    char text[20] = "";
    read(p[0], text, 16);
    printf("%s %d %d\n", text, got[0], fcntl(got[0], F_GETFD));
}
