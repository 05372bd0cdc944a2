// Descriptors and credentials over a socketpair: a child opens a file and sends it, and gets a pipe in exchange.
#include "proc.h"
#include <sys/socket.h>
static void send_fd(int socket, int fd, const char *text) {
    union { char bytes[CMSG_SPACE(4)]; struct cmsghdr h; } control = {0};
    struct iovec data = {(char *)text, strlen(text)};
    struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET, c->cmsg_type = SCM_RIGHTS, c->cmsg_len = CMSG_LEN(4);
    memcpy(CMSG_DATA(c), &fd, 4);
    if (sendmsg(socket, &m, 0) < 0) perror("sendmsg");
}
static int receive_fd(int socket, pid_t sender, const char *who) {
    char control[200], text[20] = "";
    struct iovec data = {text, sizeof text - 1};
    struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    int fd = -1, mine = -1;
    if (recvmsg(socket, &m, 0) < 0) perror("recvmsg");
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        if (c->cmsg_type == SCM_RIGHTS) memcpy(&fd, CMSG_DATA(c), 4);
        if (c->cmsg_type == SCM_CREDENTIALS) mine = ((struct ucred *)CMSG_DATA(c))->pid == sender;
    }
    printf("%s got %s, credentials right %d\n", who, text, mine);
    return fd;
}
int main(void) {
    int pair[2], fds[2], one = 1;
    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
    setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof one);
    setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof one);
    pid_t pid = CHILD({
        close(pair[0]);
        int fd = open("file", O_CREAT | O_RDWR, 0600);
        write(fd, "file's text", 11);
        send_fd(pair[1], fd, "a file");
        int out = receive_fd(pair[1], getppid(), "child");
        close(fd);
        write(out, "through the pipe", 16);
    });
    close(pair[1]);
    int fd = receive_fd(pair[0], pid, "parent");
    pipe(fds);
    send_fd(pair[0], fds[1], "a pipe");
    close(fds[1]);
    reap("child", pid);
    char text[30] = "";
    pread(fd, text, 20, 0);
    printf("%s, ", text);
    memset(text, 0, sizeof text);
    read(fds[0], text, 20);
    printf("%s\n", text);
    struct ucred peer;
    socklen_t size = sizeof peer;
    getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &size);
    printf("peer %d\n", peer.pid == getpid());
}
