// Pending signals fetched by sigwait, sigwaitinfo, sigtimedwait and signalfd.
#include "guest.h"
#include <sys/signalfd.h>
#include <time.h>
int main(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    int sig;
    TRY(sigwait(&set, &sig));
    printf("%d\n", sig);
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 5});
    siginfo_t info;
    sigwaitinfo(&set, &info);
    printf("%d %d\n", info.si_code, info.si_value.sival_int);
    struct timespec t = {0, 1000000};
    TRY(sigtimedwait(&set, &info, &t));
    int fd = signalfd(-1, &set, SFD_NONBLOCK);
    struct signalfd_siginfo s;
    TRY(read(fd, &s, sizeof s));
    raise(SIGUSR1);
    TRY(read(fd, &s, sizeof s));
    printf("%d mine %d\n", s.ssi_signo, s.ssi_pid == getpid());
}
