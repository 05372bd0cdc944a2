// sendfile from a file to a TCP connection, with and without offset, while the file grows.
#include "net.h"
#include <sys/sendfile.h>
static int b;
static void *receives(void *unused) {
    char *data = malloc(1 << 20);
    long got = 0, n;
    while ((n = recv(b, data + got, 1000, 0)) > 0) got += n;
    printf("%ld bytes\n", got);
    return (void *)hash_bytes(data, got);
}
int main(void) {
    struct sockaddr_in name;
    int listener = listening(&name), a = connected(&name), file = open("file", O_CREAT | O_RDWR, 0600);
    b = accept(listener, NULL, NULL);
    pthread_t t = start(receives, 0);
    for (int i = 0; i < 10000; i++) write(file, &(int){i * i}, 4);
    off_t offset = 100;
    TRY(sendfile(a, file, &offset, 50000));
    printf("%ld %ld\n", offset, lseek(file, 0, SEEK_CUR));
    lseek(file, 30000, SEEK_SET);
    TRY(sendfile(a, file, NULL, 5000));
    printf("%ld\n", lseek(file, 0, SEEK_CUR));
    lseek(file, 0, SEEK_END);
    write(file, "more", 4);
    TRY(sendfile(a, file, &offset, 100));
    TRY(sendfile(a, file, &offset, 100));
    shutdown(a, SHUT_WR);
    printf("%lx\n", join(t));
    TRY(sendfile(a, b, NULL, 10));
    TRY(sendfile(open("copy", O_CREAT | O_RDWR, 0600), file, (off_t[]){39996}, 100));
}
