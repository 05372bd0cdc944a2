// SCM_RIGHTS between threads: a file, a pipe, the socket itself; several at once; cut short.
#include "net.h"
static int s[2];
union control { char bytes[CMSG_SPACE(20)]; struct cmsghdr header; };
static void pass(int *fds, int n) {
    union control c = {0};
    struct iovec part = {"d", 1};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = CMSG_SPACE(n * 4)};
    c.header = (struct cmsghdr){CMSG_LEN(n * 4), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(&c.header), fds, n * 4);
    TRY(sendmsg(s[0], &m, 0));
}
static int take(int *fds, int room, int flags) {
    union control c = {0};
    struct iovec part = {&(char){0}, 1};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = room};
    recvmsg(s[1], &m, flags);
    int n = m.msg_controllen ? (c.header.cmsg_len - CMSG_LEN(0)) / 4 : 0;
    memcpy(fds, CMSG_DATA(&c.header), n * 4);
    printf("got %d, cut %d\n", n, (m.msg_flags & MSG_CTRUNC) != 0);
    return n;
}
static void *receives(void *unused) {
    int fds[5];
    char text[30] = "";
    take(fds, sizeof(union control), MSG_CMSG_CLOEXEC);
    printf("%ld %s cloexec %d\n", pread(fds[0], text, 29, 0), text, fcntl(fds[0], F_GETFD));
    take(fds, sizeof(union control), 0);
    write(fds[1], "via passed pipe", 15);
    read(fds[0], text, 29);
    puts(text);
    send(fds[2], "socket passed through itself", 28, 0);
    take(fds, CMSG_SPACE(4), 0);
    take(fds, 0, 0);
    return NULL;
}
int main(void) {
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    int file = open("file", O_RDWR | O_CREAT, 0600), fds[5] = {file, file, file};
    write(file, "content", 7);
    pass(fds, 1);
    close(file);
    pipe(fds);
    fds[2] = s[0];
    pass(fds, 3);
    pass(fds, 4 - 1);
    pass(fds, 2);
    join(start(receives, 0));
    char text[30] = "";
    read(s[1], text, 29);
    puts(text);
    pass(&(int){999}, 1);
}
