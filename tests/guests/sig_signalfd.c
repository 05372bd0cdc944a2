// A signalfd receives signals of children: value, sender, several in one read, through epoll, in a child, too.
#include "proc.h"
#include <sys/epoll.h>
#include <sys/signalfd.h>
int main(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = signalfd(-1, &set, SFD_CLOEXEC), epoll = epoll_create1(0);
    struct epoll_event event = {EPOLLIN, {.u64 = 5}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    TRY(epoll_wait(epoll, &event, 1, 0));
    pid_t pid = CHILD({
        kill(getppid(), SIGUSR1);
        for (int i = 0; i < 3; i++) sigqueue(getppid(), SIGRTMIN, (union sigval){.sival_int = i * 7});
        exit(19);
    });
    TRY(epoll_wait(epoll, &event, 1, -1));
    until_state(pid, 'Z');
    struct signalfd_siginfo infos[10];
    int n = read(fd, infos, sizeof infos) / sizeof *infos;
    for (int i = 0; i < n; i++)
        printf("%d code %d value %d status %d from the child %d\n", infos[i].ssi_signo,
               infos[i].ssi_code, infos[i].ssi_int, infos[i].ssi_status, infos[i].ssi_pid == (unsigned)pid);
    reap("child", pid);
    pid = CHILD(raise(SIGUSR1); printf("the reader's own: %ld\n", read(fd, infos, sizeof infos) / sizeof *infos));
    reap("child", pid);
    sigdelset(&set, SIGCHLD);
    signalfd(fd, &set, SFD_NONBLOCK);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    TRY(read(fd, infos, sizeof infos));
}
