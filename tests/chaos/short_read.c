// A message is taken to arrive in one piece.
#include "bug.h"
static int fds[2];
static void *sender(void *arg) {
    static char message[1000];
    memset(message, 'm', sizeof message);
    for (int i = 0; i < 4; i++)
        if (write(fds[1], message, sizeof message) != sizeof message) abort();
    return 0;
}
int main(void) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds)) abort();
    pthread_t t = run(sender, 0);
    for (int i = 0; i < 4; i++) {
        char got[1000];
        if (read(fds[0], got, sizeof got) != sizeof got) struck("half a message");
    }
    join(t);
}
