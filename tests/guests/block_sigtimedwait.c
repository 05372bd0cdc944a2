// sigtimedwait, sigwaitinfo and signalfd block in one thread until another raises the signal.
#include "block.h"
#include <sys/signalfd.h>
static sigset_t set;
static siginfo_t info;
static struct signalfd_siginfo from_fd;
static int fd;
static void timed(void) { TRY(sigtimedwait(&set, &info, &(struct timespec){1000})); }
static void untimed(void) { TRY(sigwaitinfo(&set, &info)); }
static void reads(void) { TRY(read(fd, &from_fd, sizeof from_fd)); }
static void with(void (*call)(void), int directed) {
    memset(&info, 7, sizeof info);
    memset(&from_fd, 7, sizeof from_fd);
    pthread_t t = block(call);
    printf("%x %x\n", info.si_signo, from_fd.ssi_signo);
    if (directed) pthread_sigqueue(t, SIGRTMIN + 1, (union sigval){.sival_int = 55});
    else sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 66});
    join(t);
    printf("%d %d\n", info.si_value.sival_int, from_fd.ssi_int);
}
int main(void) {
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    fd = signalfd(-1, &set, 0);
    for (int directed = 0; directed < 2; directed++)
        with(timed, directed), with(untimed, directed), with(reads, directed);
    interruptible();
    interrupt(block(timed)), interrupt(block(untimed)), interrupt(block(reads));
}
