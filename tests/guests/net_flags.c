// MSG_PEEK, MSG_WAITALL, MSG_DONTWAIT, MSG_MORE, MSG_OOB and SO_RCVLOWAT on a TCP connection.
#include "net.h"
#include <poll.h>
#include <sys/ioctl.h>
static int a, b;
static void *sends(void *unused) {
    for (int i = 0; i < 5; i++) {
        send(a, "abcd", 4, i < 4 ? MSG_MORE : 0);
        nap(1);
    }
    return NULL;
}
int main(void) {
    struct sockaddr_in name;
    int listener = listening(&name);
    a = connected(&name), b = accept(listener, NULL, NULL);
    char data[30] = "";
    TRY(recv(b, data, 5, MSG_DONTWAIT));
    pthread_t t = start(sends, 0);
    TRY(recv(b, data, 20, MSG_WAITALL | MSG_PEEK));
    puts(data);
    int waiting;
    TRY(ioctl(b, FIONREAD, &waiting));
    printf("%d\n", waiting);
    TRY(recv(b, data, 20, MSG_WAITALL));
    join(t);
    send(a, "urgent!", 7, MSG_OOB);
    struct pollfd p = {b, POLLPRI};
    TRY(poll(&p, 1, 10000));
    TRY(recv(b, data, 20, MSG_OOB));
    printf("%c\n", data[0]);
    TRY(recv(b, data, 20, 0));
    TRY(ioctl(b, SIOCATMARK, &waiting));
    send(a, "x", 1, 0);
    TRY(recv(b, NULL, 1, MSG_TRUNC));
    setsockopt(b, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0, 5000}, sizeof(struct timeval));
    TRY(recv(b, data, 20, MSG_WAITALL));
    TRY(recv(-1, data, 20, 0));
    TRY(recv(0, data, 20, 0));
    TRY(recv(b, data, 20, MSG_ERRQUEUE));
}
