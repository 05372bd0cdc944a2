// Ten megabytes through a TCP connection between two threads, in both directions at once.
#include "net.h"
enum { SIZE = 10 << 20 };
static void *sends(void *s) {
    uint32_t *data = malloc(SIZE), x = NUMBER(s) % 2;
    for (int i = 0; i < SIZE / 4; i++) data[i] = x = x * 1664525 + 1013904223;
    for (long sent = 0, n; sent < SIZE; sent += n) {
        n = SIZE - sent < 77777 ? SIZE - sent : 77777;
        if ((n = send(NUMBER(s), (char *)data + sent, n, 0)) <= 0) abort();
    }
    shutdown(NUMBER(s), SHUT_WR);
    return (void *)hash_bytes(data, SIZE);
}
static void *receives(void *s) {
    char *data = malloc(SIZE + 1);
    long got = 0, n;
    while ((n = recv(NUMBER(s), data + got, SIZE + 1 - got, 0)) > 0) got += n;
    printf("%ld\n", got);
    return (void *)hash_bytes(data, got);
}
int main(void) {
    struct sockaddr_in name;
    int listener = listening(&name), a = connected(&name), b = accept(listener, NULL, NULL);
    pthread_t t[4] = {start(sends, a), start(sends, b), start(receives, a), start(receives, b)};
    uint64_t hashes[4];
    for (int i = 0; i < 4; i++) hashes[i] = join(t[i]);
    printf("%d %d\n", hashes[0] == hashes[3], hashes[1] == hashes[2]);
}
