// SIGPIPE: the default kills, ignoring it gives EPIPE, as does MSG_NOSIGNAL.
// exit: signal PIPE
#include "guest.h"
#include <sys/socket.h>
int main(void) {
    int fds[2], pair[2];
    pipe(fds);
    close(fds[0]);
    signal(SIGPIPE, SIG_IGN);
    TRY(write(fds[1], "x", 1));
    signal(SIGPIPE, SIG_DFL);
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    close(pair[0]);
    TRY(send(pair[1], "x", 1, MSG_NOSIGNAL));
    write(fds[1], "x", 1);
    puts("never");
}
