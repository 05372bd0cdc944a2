// A pipe with O_ASYNC sends SIGIO, or the signal of F_SETSIG with band and descriptor, when a child writes.
#include "proc.h"
#include <poll.h>
static volatile int count;
static void io(int sig, siginfo_t *info, void *context) {
    count++;
    if (sig == SIGIO)
        printf("SIGIO code %d\n", info->si_code);
    else
        printf("own signal code %d readable %d the descriptor %d\n", info->si_code, !!(info->si_band & POLLIN), info->si_fd > 2);
}
int main(void) {
    int fds[2];
    pipe(fds);
    handle(SIGIO, io, 0);
    handle(SIGRTMIN + 4, io, 0);
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGIO);
    sigaddset(&set, SIGRTMIN + 4);
    sigprocmask(SIG_BLOCK, &set, &old);
    fcntl(fds[0], F_SETOWN, getpid());
    printf("owner %d\n", fcntl(fds[0], F_GETOWN) == getpid());
    TRY(fcntl(fds[0], F_SETFL, O_ASYNC | O_NONBLOCK));
    for (int i = 0; i < 2; i++) {
        char byte;
        pid_t pid = CHILD(write(fds[1], "x", 1));
        while (count <= i) sigsuspend(&old);
        reap("writer", pid);
        TRY(read(fds[0], &byte, 1));
        if (i == 0) TRY(fcntl(fds[0], F_SETSIG, SIGRTMIN + 4));
    }
}
