// Code that arrives by read, recvmsg, preadv and splice in a thread, run by another.
#include "jit.h"
#include <sys/socket.h>
#include <sys/uio.h>
static unsigned char *code;
static int p[2], s[2], file;
static void *receives(void *unused) {
    struct iovec parts[2] = {{code, 3}, {code + 3, 3}};
    read(p[0], code, 6);
    step();
    await(2);
    recvmsg(s[1], &(struct msghdr){.msg_iov = parts, .msg_iovlen = 2}, 0);
    step();
    await(4);
    preadv(file, parts, 2, 0);
    step();
    return NULL;
}
int main(void) {
    unsigned char bytes[6];
    code = pages(1, RWX);
    emit(code, 1);
    printf("%d\n", run(code));
    pipe(p);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    file = memfd_create("file", 0);
    pthread_t t = start(receives, 0);
    emit(bytes, 2);
    write(p[1], bytes, 6);
    await(1);
    printf("%d\n", run(code));
    emit(bytes, 3);
    send(s[0], bytes, 6, 0);
    step();
    await(3);
    printf("%d\n", run(code));
    emit(bytes, 4);
    pwrite(file, bytes, 6, 0);
    step();
    join(t);
    printf("%d\n", run(code));
}
