// Closing a descriptor under a blocked read does not end the read; shutdown of a socket does.
#include "block.h"
#include <sys/socket.h>
static int p[2], s[2], copy;
static char byte;
static void call_pipe(void) { TRY(read(p[0], &byte, 1)); }
static void call_socket(void) { TRY(read(s[0], &byte, 1)); }
int main(void) {
    pipe(p);
    pthread_t t = block(call_pipe);
    nap(30);
    copy = dup(p[1]);
    close(p[0]);
    TRY(fcntl(p[0], F_GETFD));
    write(copy, "a", 1);
    join(t);
    printf("%c\n", byte);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    t = block(call_socket);
    nap(30);
    shutdown(s[0], SHUT_RD);
    join(t);
    pipe(p);
    t = block(call_pipe);
    nap(30);
    dup2(open("/dev/zero", O_RDONLY), p[0]); // another file under the same number
    write(p[1], "b", 1);
    join(t);
    printf("%c\n", byte);
}
