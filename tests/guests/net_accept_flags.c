// accept4 with SOCK_NONBLOCK and SOCK_CLOEXEC, on empty queues, with names cut short, refused.
#include "net.h"
int main(void) {
    struct sockaddr_in name, peer;
    int listener = listening(&name), flags[] = {0, SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK | SOCK_CLOEXEC};
    for (int i = 0; i < 4; i++) {
        int c = connected(&name), s = accept4(listener, NULL, NULL, flags[i]);
        printf("%d %d\n", (fcntl(s, F_GETFL) & O_NONBLOCK) != 0, fcntl(s, F_GETFD));
        close(s), close(c);
    }
    fcntl(listener, F_SETFL, O_NONBLOCK);
    TRY(accept(listener, NULL, NULL));
    connected(&name);
    memset(&peer, 7, sizeof peer);
    socklen_t size = 4;
    int s = WORKS(accept(listener, (void *)&peer, &size));
    printf("%d %d %x\n", size, peer.sin_family, peer.sin_addr.s_addr);
    printf("not inherited %d\n", (fcntl(s, F_GETFL) & O_NONBLOCK) == 0);
    connected(&name);
    size = -1;
    TRY(accept(listener, (void *)&peer, &size));
    TRY(accept4(listener, NULL, NULL, 1));
    TRY(accept(s, NULL, NULL));
    TRY(accept(1, NULL, NULL));
}
