// splice, tee, sendfile and copies block at the pipe's or socket's end until data or room comes.
#include "block.h"
#include <sys/sendfile.h>
#include <sys/socket.h>
static int a[2], b[2], s[2], file;
static void call_splice(void) { TRY(splice(a[0], NULL, b[1], NULL, 100, 0)); }
static void call_tee(void) { TRY(tee(a[0], b[1], 100, 0)); }
static void call_sendfile(void) {
    off_t offset = 5;
    TRY(sendfile(s[0], file, &offset, 3000000));
    printf("%ld\n", offset);
}
static void show(int fd) {
    char text[30] = "";
    printf("%ld", read(fd, text, 29));
    printf(" %s\n", text);
}
int main(void) {
    pipe(a), pipe(b);
    pthread_t t = block(call_splice);
    write(a[1], "spliced", 7);
    join(t);
    show(b[0]);
    t = block(call_tee);
    write(a[1], "both", 4);
    join(t);
    show(a[0]), show(b[0]);
    file = memfd_create("file", 0);
    for (int i = 0; i < 400000; i++) write(file, &(long){i * 7919L}, 8);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    t = block(call_sendfile);
    char *back = malloc(3000000);
    for (long got = 0; got < 3000000;) got += recv(s[1], back + got, 100000, 0);
    join(t);
    printf("%lx\n", hash_bytes(back, 3000000));
    interruptible();
    interrupt(block(call_splice)), interrupt(block(call_tee));
}
