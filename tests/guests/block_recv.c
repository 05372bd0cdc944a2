// recv, recvfrom, recvmsg, recvmmsg block; data, names, control and flags appear at the end only.
#include "block.h"
#include <sys/socket.h>
#include <sys/un.h>
static int s[2];
static char data[20], control[100];
static struct sockaddr_un from;
static socklen_t size;
static struct iovec parts[2] = {{data, 3}, {data + 10, 9}};
static struct mmsghdr many[2];
static void call_recv(void) { TRY(recv(s[0], data, 20, 0)); }
static void call_recvfrom(void) { TRY(recvfrom(s[0], data, 20, 0, (void *)&from, &size)); }
static void call_recvmsg(void) { TRY(recvmsg(s[0], &many[0].msg_hdr, 0)); }
static void call_recvmmsg(void) { TRY(recvmmsg(s[0], many, 2, MSG_WAITFORONE, NULL)); }
static void show(void) {
    struct msghdr *m = &many[0].msg_hdr;
    printf("'%.4s' '%.4s' %x %d ", data, data + 10, from.sun_family, size);
    printf("%zu %x %d\n", m->msg_controllen, m->msg_flags, many[0].msg_len);
}
static void with(void (*call)(void)) {
    memset(data, '-', 20);
    size = sizeof from;
    many[0] = (struct mmsghdr){{.msg_iov = parts, .msg_iovlen = 2, .msg_flags = 0x777}, 88};
    many[0].msg_hdr.msg_control = control, many[0].msg_hdr.msg_controllen = 100;
    many[1] = (struct mmsghdr){{.msg_iov = parts, .msg_iovlen = 1}};
    pthread_t t = block(call);
    show();
    send(s[1], "payload", 8, 0);
    join(t);
    show();
}
int main(void) {
    socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
    with(call_recv), with(call_recvfrom), with(call_recvmsg), with(call_recvmmsg);
    interruptible();
    interrupt(block(call_recv)), interrupt(block(call_recvmsg)), interrupt(block(call_recvmmsg));
}
