// Signals by pidfd: with and without an own siginfo, to the child, to oneself, to one that is gone.
#include "proc.h"
#include <sys/pidfd.h>
static void usr1(int sig, siginfo_t *info, void *context) {
    printf("code %d value %d by the parent %d\n", info->si_code, info->si_code == SI_QUEUE ? info->si_value.sival_int : 0,
           info->si_pid == getppid() || info->si_pid == getpid());
}
int main(void) {
    Gate ready = gate();
    handle(SIGUSR1, usr1, 0);
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    pid_t pid = CHILD(for (;;) { pass(ready); sigsuspend(&old); });
    int fd = pidfd_open(pid, 0), self = pidfd_open(getpid(), 0);
    await(ready);
    TRY(pidfd_send_signal(fd, 0, NULL, 0));
    int sent = pidfd_send_signal(fd, SIGUSR1, NULL, 0);
    await(ready);
    printf("sent %d\n", sent);
    siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_QUEUE};
    info.si_pid = getpid(), info.si_uid = getuid(), info.si_value.sival_int = 99;
    sent = pidfd_send_signal(fd, SIGUSR1, &info, 0);
    await(ready);
    printf("sent %d\n", sent);
    TRY(pidfd_send_signal(fd, SIGUSR2, &info, 0)); // not the number in it
    info.si_code = SI_USER;
    TRY(pidfd_send_signal(fd, SIGUSR1, &info, 0)); // only the kernel says so
    TRY(pidfd_send_signal(self, SIGUSR1, &info, 0));
    sigsuspend(&old);
    TRY(pidfd_send_signal(fd, SIGKILL, NULL, 0));
    reap("child", pid);
    TRY(pidfd_send_signal(fd, SIGKILL, NULL, 0));
    TRY(pidfd_send_signal(0, SIGKILL, NULL, 0));
    TRY(pidfd_send_signal(self, 65, NULL, 0));
}
