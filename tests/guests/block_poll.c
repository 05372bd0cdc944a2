// poll, ppoll, select and pselect block; their sets are written at the end only.
#include "block.h"
#include <poll.h>
#include <sys/select.h>
static int p[2];
static struct pollfd fds[2];
static fd_set set;
static void call_poll(void) { TRY(poll(fds, 2, -1)); }
static void call_ppoll(void) { TRY(ppoll(fds, 2, &(struct timespec){1000}, NULL)); }
static void call_select(void) { TRY(select(p[0] + 1, &set, NULL, NULL, NULL)); }
static void call_pselect(void) { TRY(pselect(p[0] + 1, &set, NULL, NULL, &(struct timespec){1000}, NULL)); }
static void with(void (*call)(void)) {
    fds[0] = (struct pollfd){p[0], POLLIN, 77};
    fds[1] = (struct pollfd){-1, POLLIN, 88};
    FD_ZERO(&set);
    FD_SET(0, &set), FD_CLR(0, &set), FD_SET(p[0], &set);
    pthread_t t = block(call);
    printf("%d %d %d\n", fds[0].revents, fds[1].revents, FD_ISSET(p[0], &set) != 0);
    write(p[1], "x", 1);
    join(t);
    printf("%d %d %d\n", fds[0].revents, fds[1].revents, FD_ISSET(p[0], &set) != 0);
    read(p[0], &(char){0}, 1);
}
int main(void) {
    pipe(p);
    with(call_poll), with(call_ppoll), with(call_select), with(call_pselect);
    interruptible();
    interrupt(block(call_poll)), interrupt(block(call_ppoll));
    interrupt(block(call_select)), interrupt(block(call_pselect));
}
