// What waits is interrupted by a handler without SA_RESTART, also if its process has one thread and nothing
// else to note: such calls are recorded in a shorter way.
// no-memory-check: the shorter way is not taken with it
#include "guest.h"
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>

static volatile int alarms;
static void alarmed(int sig) { alarms++; }

static void again(int flags) {
    struct sigaction action = {.sa_handler = alarmed, .sa_flags = flags};
    sigaction(SIGALRM, &action, NULL);
    // Repeated, for a machine that is slow to come to the wait.
    struct itimerval timer = {{0, 50000}, {0, 50000}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

int main(void) {
    int fds[2], pair[2], epoll = epoll_create1(0);
    char c;
    pipe(fds);
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fds[0], &event);
    again(0);
    TRY(read(fds[0], &c, 1));
    TRY(recv(pair[0], &c, 1, 0));
    TRY(epoll_wait(epoll, &event, 1, -1));
    again(SA_RESTART);
    TRY(epoll_wait(epoll, &event, 1, -1));
    // One that is ignored interrupts nothing.
    signal(SIGALRM, SIG_IGN);
    TRY(epoll_wait(epoll, &event, 1, 120));
    printf("%d\n", alarms > 3);
}
