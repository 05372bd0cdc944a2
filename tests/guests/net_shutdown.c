// Half-closed connections, resets by SO_LINGER, SIGPIPE and EPIPE, poll's hang-up flags.
#include "net.h"
#include <poll.h>
static int revents(int s) {
    struct pollfd p = {s, POLLIN | POLLOUT | POLLRDHUP};
    poll(&p, 1, 10000);
    return p.revents;
}
int main(void) {
    struct sockaddr_in name;
    int listener = listening(&name), a = connected(&name), b = accept(listener, NULL, NULL);
    char data[10] = "";
    TRY(shutdown(a, SHUT_WR));
    TRY(read(b, data, 10));
    TRY(write(b, "still", 5));
    TRY(read(a, data, 10));
    printf("%x\n", revents(b));
    TRY(shutdown(b, SHUT_RDWR));
    TRY(read(a, data, 10));
    printf("%x\n", revents(a));
    signal(SIGPIPE, SIG_IGN);
    TRY(write(a, "x", 1));
    TRY(shutdown(a, 7));
    close(a), close(b);
    a = connected(&name), b = accept(listener, NULL, NULL);
    setsockopt(b, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    close(b);
    printf("%x\n", revents(a));
    TRY(read(a, data, 10));
    TRY(read(a, data, 10));
    TRY(write(a, "x", 1));
    TRY(shutdown(socket(AF_INET, SOCK_STREAM, 0), SHUT_RD));
}
