// Control data that is time: SO_TIMESTAMP and SO_TIMESTAMPNS on datagrams, plausible and in order.
#include "net.h"
int main(void) {
    struct sockaddr_in name;
    int s = bound(SOCK_DGRAM, &name), last_type = 0, wrong = 0;
    TRY(setsockopt(s, SOL_SOCKET, SO_TIMESTAMPNS, &(int){1}, 4));
    TRY(setsockopt(s, IPPROTO_IP, IP_PKTINFO, &(int){1}, 4));
    struct timespec before = later(CLOCK_REALTIME, 0), last = before;
    for (int i = 0; i < 20; i++) {
        sendto(s, "x", 1, 0, (void *)&name, sizeof name);
        char control[200];
        struct iovec part = {&(char){0}, 1};
        struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = 200};
        recvmsg(s, &m, 0);
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
            if (i == 0) printf("level %d type %d length %zu\n", c->cmsg_level, c->cmsg_type, c->cmsg_len);
            if (c->cmsg_type != SCM_TIMESTAMPNS || c->cmsg_level != SOL_SOCKET) continue;
            struct timespec t;
            memcpy(&t, CMSG_DATA(c), sizeof t);
            wrong += t.tv_sec < last.tv_sec || t.tv_sec > last.tv_sec + 100;
            last = t;
        }
    }
    printf("%d\n", wrong);
}
