// Waiting by a pidfd: blocking, not blocking, and for a process that is no child.
#include "proc.h"
#include <sys/pidfd.h>
int main(void) {
    Gate go = gate();
    siginfo_t info = {0};
    pid_t pid = CHILD(await(go); exit(21));
    int fd = pidfd_open(pid, 0), nonblock = pidfd_open(pid, PIDFD_NONBLOCK), self = pidfd_open(getpid(), 0);
    TRY(waitid(P_PIDFD, fd, &info, WEXITED | WNOHANG));
    printf("si_pid %d\n", info.si_pid);
    TRY(waitid(P_PIDFD, nonblock, &info, WEXITED));
    pass(go);
    TRY(waitid(P_PIDFD, fd, &info, WEXITED));
    printf("%d %d\n", info.si_pid == pid, info.si_status);
    TRY(waitid(P_PIDFD, fd, &info, WEXITED));
    TRY(waitid(P_PIDFD, self, &info, WEXITED));
    TRY(waitid(P_PIDFD, 0, &info, WEXITED));
    TRY(waitid(P_PIDFD, 99, &info, WEXITED));
}
