// A TCP connection to oneself over loopback.
#include "guest.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in name = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}}, peer;
    socklen_t length = sizeof name;
    TRY(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4));
    TRY(bind(listener, (void *)&name, length));
    TRY(getsockname(listener, (void *)&name, &length));
    TRY(listen(listener, 1));
    int client = socket(AF_INET, SOCK_STREAM, 0);
    TRY(connect(client, (void *)&name, length));
    int server = WORKS(accept(listener, (void *)&peer, &length));
    printf("%s\n", inet_ntoa(peer.sin_addr));
    TRY(setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, 4));
    char buffer[70000], got[70000];
    for (int i = 0; i < sizeof buffer; i++) buffer[i] = i * i;
    long sent = send(client, buffer, sizeof buffer, 0), n, total = 0;
    while (total < sent && (n = recv(server, got + total, sent - total, 0)) > 0) total += n;
    printf("%d %d\n", total == sent, !memcmp(buffer, got, total));
    TRY(shutdown(client, SHUT_WR));
    TRY(recv(server, got, 10, 0));
    struct tcp_info info;
    length = sizeof info;
    TRY(getsockopt(server, IPPROTO_TCP, TCP_INFO, &info, &length));
}
