// IPv6 on the loopback interface, or the error where there is none; IPv4 through an IPv6 socket.
#include "net.h"
int main(void) {
    struct sockaddr_in6 name = {AF_INET6}, peer;
    struct sockaddr_in four = {AF_INET};
    socklen_t size = sizeof name;
    int s = WORKS(socket(AF_INET6, SOCK_STREAM, 0));
    if (s < 0) return 0;
    TRY(setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, 4));
    TRY(bind(s, (void *)&name, size));
    TRY(listen(s, 3));
    getsockname(s, (void *)&name, &size);
    four.sin_port = name.sin6_port;
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected(&four);
    int b = accept(s, (void *)&peer, &size);
    char text[60];
    printf("%d %s\n", size, inet_ntop(AF_INET6, &peer.sin6_addr, text, sizeof text));
    name.sin6_addr = in6addr_loopback;
    int c = socket(AF_INET6, SOCK_STREAM, 0);
    if (TRY(connect(c, (void *)&name, size))) return 0;
    b = accept(s, (void *)&peer, &size);
    printf("%d %s\n", size, inet_ntop(AF_INET6, &peer.sin6_addr, text, sizeof text));
}
