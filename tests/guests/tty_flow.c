// The writer on a terminal blocks when the buffers are full; stopped and started by keys.
#include "tty.h"
static _Atomic long written;
static void *floods(void *unused) {
    char line[100];
    for (int i = 0; i < 8000; i++) written += write(slave, line, sprintf(line, "line %d of the flood\n", i));
    close(slave);
    return NULL;
}
static int writable(void) { return poll(&(struct pollfd){slave, POLLOUT}, 1, 0); }
int main(void) {
    open_tty();
    pthread_t t = start(floods, 0);
    nap(20);
    printf("blocked %d\n", written < 180000);
    char *all = malloc(300000);
    long got = 0, n;
    while ((n = read(master, all + got, 777)) > 0) got += n;
    join(t);
    printf("%ld of %ld %lx\n", got, written, hash_bytes(all, got));
    open_tty();
    fcntl(slave, F_SETFL, O_NONBLOCK);
    type("\x13"); // stop
    while (writable()) sched_yield();
    TRY(write(slave, "held", 4));
    type("\x11"); // start
    while (!writable()) sched_yield();
    TRY(write(slave, "let go", 6));
    show_exactly("read", master, 6);
}
