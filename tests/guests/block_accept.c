// accept and accept4 block until someone connects; the peer's name appears only then.
#include "block.h"
#include <arpa/inet.h>
#include <sys/socket.h>
static int listener;
static struct sockaddr_in name = {AF_INET}, peer;
static socklen_t size;
static void call(void) { WORKS(accept(listener, (void *)&peer, &size)); }
static void call4(void) { WORKS(accept4(listener, (void *)&peer, &size, SOCK_NONBLOCK)); }
static void with(void (*call)(void)) {
    memset(&peer, 1, sizeof peer);
    size = 100;
    pthread_t t = block(call);
    printf("%d %x\n", size, peer.sin_family);
    int client = socket(AF_INET, SOCK_STREAM, 0);
    connect(client, (void *)&name, sizeof name);
    join(t);
    struct sockaddr_in own;
    socklen_t length = sizeof own;
    getsockname(client, (void *)&own, &length);
    printf("%d %d %d\n", size, peer.sin_family, peer.sin_port == own.sin_port);
}
int main(void) {
    socklen_t length = sizeof name;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener, (void *)&name, length);
    getsockname(listener, (void *)&name, &length);
    listen(listener, 5);
    with(call), with(call4);
    interruptible();
    interrupt(block(call));
}
