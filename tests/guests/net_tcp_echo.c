// A TCP server with a thread for each connection; five clients in threads.
#include "net.h"
static struct sockaddr_in name;
static void *serves(void *s) {
    char bytes[100];
    for (long got; (got = read(NUMBER(s), bytes, sizeof bytes)) > 0;) {
        for (int i = 0; i < got; i++) bytes[i] ^= 0x20;
        write(NUMBER(s), bytes, got);
    }
    close(NUMBER(s));
    return NULL;
}
static void *listens(void *listener) {
    pthread_t t[5];
    for (int i = 0; i < 5; i++) t[i] = start(serves, accept(NUMBER(listener), NULL, NULL));
    for (int i = 0; i < 5; i++) join(t[i]);
    return NULL;
}
static void *asks(void *n) {
    int s = connected(&name);
    uint64_t hash = 0;
    for (int i = 0; i < 50; i++) {
        char text[100], back[100];
        int length = sprintf(text, "Client %d Line %d", NUMBER(n), i);
        write(s, text, length);
        for (int got = 0; got < length;) got += read(s, back + got, length - got);
        hash = hash * 31 + hash_bytes(back, length);
    }
    close(s);
    return (void *)hash;
}
int main(void) {
    pthread_t server = start(listens, listening(&name)), t[5];
    for (int i = 0; i < 5; i++) t[i] = start(asks, i);
    for (int i = 0; i < 5; i++) printf("%lx\n", join(t[i]));
    join(server);
}
