// Socket options of all levels, set and read back; lengths too short; what does not exist.
#include "net.h"
#define GET(level, option)                                                                         \
    do {                                                                                           \
        int value = -77;                                                                           \
        socklen_t size = sizeof value;                                                             \
        TRY(getsockopt(s, level, option, &value, &size));                                          \
        printf("%d (%d)\n", value, size);                                                          \
    } while (0)
#define SET(level, option, n)                                                                      \
    do {                                                                                           \
        TRY(setsockopt(s, level, option, &(int){n}, 4));                                           \
        GET(level, option);                                                                        \
    } while (0)
int main(void) {
    struct sockaddr_in name;
    int s = listening(&name);
    GET(SOL_SOCKET, SO_TYPE);
    GET(SOL_SOCKET, SO_ACCEPTCONN);
    GET(SOL_SOCKET, SO_DOMAIN);
    GET(SOL_SOCKET, SO_PROTOCOL);
    GET(SOL_SOCKET, SO_ERROR);
    SET(SOL_SOCKET, SO_REUSEADDR, 1);
    SET(SOL_SOCKET, SO_REUSEPORT, 1);
    SET(SOL_SOCKET, SO_KEEPALIVE, 5);
    SET(SOL_SOCKET, SO_RCVBUF, 10000);
    SET(SOL_SOCKET, SO_PRIORITY, 3);
    SET(IPPROTO_TCP, TCP_NODELAY, 1);
    SET(IPPROTO_TCP, TCP_KEEPIDLE, 55);
    SET(IPPROTO_IP, IP_TTL, 33);
    struct linger linger = {1, 7};
    socklen_t size = sizeof linger;
    TRY(setsockopt(s, SOL_SOCKET, SO_LINGER, &linger, size));
    linger = (struct linger){0};
    TRY(getsockopt(s, SOL_SOCKET, SO_LINGER, &linger, &size));
    printf("%d %d %d\n", linger.l_onoff, linger.l_linger, size);
    char shorter[2] = {9, 9};
    size = 2;
    TRY(getsockopt(s, SOL_SOCKET, SO_TYPE, shorter, &size));
    printf("%d %d %d\n", shorter[0], shorter[1], size);
    struct tcp_info info;
    size = 8;
    TRY(getsockopt(s, IPPROTO_TCP, TCP_INFO, &info, &size));
    printf("%d %d\n", info.tcpi_state, size);
    TRY(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &(int){1}, 2));
    TRY(setsockopt(s, 999, 1, &(int){1}, 4));
    TRY(getsockopt(s, SOL_SOCKET, 999, &linger, &size));
    TRY(getsockopt(1, SOL_SOCKET, SO_TYPE, &linger, &size));
}
