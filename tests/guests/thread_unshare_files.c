// A thread with a descriptor table of its own: closing and opening there changes nothing here.
#include "thread.h"
static int p[2];
static void *alone(void *unused) {
    TRY(unshare(CLONE_FILES));
    TRY(close(p[0]));
    TRY(dup2(1, 50));
    step();
    await(2);
    char byte;
    TRY(read(p[0], &byte, 1));
    TRY(write(p[1], "y", 1));
    return NULL;
}
int main(void) {
    signal(SIGPIPE, SIG_IGN);
    pipe(p);
    pthread_t t = start(alone, 0);
    await(1);
    char bytes[3] = "";
    TRY(write(p[1], "x", 1));
    TRY(read(p[0], bytes, 1));
    TRY(fcntl(50, F_GETFD));
    TRY(dup2(1, p[0]) >= 0); // does not bring it back over there
    step();
    join(t);
}
