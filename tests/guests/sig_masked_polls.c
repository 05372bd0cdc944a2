// ppoll, pselect and epoll_pwait let a blocked signal through while they wait, then it is blocked again.
#include "proc.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
static volatile int count;
static void usr1(int sig) { count++; }
static void after(const char *what, long result) {
    int error = errno;
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("%s: %ld %s handled %d blocked %d\n", what, result, result < 0 ? strerrorname_np(error) : "", count,
           sigismember(&now, SIGUSR1));
}
int main(void) {
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    signal(SIGUSR1, usr1);
    Gate go = gate(), silent = gate();
    pid_t me = getpid();
    pid_t pid = CHILD(while (await(go)) usleep(3000), kill(me, SIGUSR1));
    struct pollfd fds = {silent.fds[0], POLLIN, 0};
    int epoll = epoll_create1(0);
    struct epoll_event event = {EPOLLIN, {0}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, silent.fds[0], &event);
    pass(go);
    after("ppoll", ppoll(&fds, 1, NULL, &old));
    pass(go);
    fd_set reads;
    FD_ZERO(&reads);
    FD_SET(silent.fds[0], &reads);
    after("pselect", pselect(silent.fds[0] + 1, &reads, NULL, NULL, NULL, &old));
    pass(go);
    after("epoll_pwait", epoll_pwait(epoll, &event, 1, -1, &old));
    pass(go);
    after("epoll_pwait2", epoll_pwait2(epoll, &event, 1, NULL, &old));
    raise(SIGUSR1); // pending already: at once
    after("ppoll, pending", ppoll(&fds, 1, NULL, &old));
    after("ppoll, time", ppoll(&fds, 1, &(struct timespec){0, 1000000}, &old));
    pass(silent);
    raise(SIGUSR1);
    after("ppoll, ready and pending", ppoll(&fds, 1, NULL, &old));
    close(go.fds[1]);
    kill(pid, SIGTERM);
    reap("child", pid);
}
