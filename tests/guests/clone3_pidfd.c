// clone3 as a fork, with a pidfd, an exit signal and the two places for the child's id.
#include "proc.h"
#include <linux/sched.h>
#include <poll.h>
int main(void) {
    int pidfd = -1;
    pid_t parents = 0, childs = 0;
    struct clone_args args = {.flags = CLONE_PIDFD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID,
                              .pidfd = (uintptr_t)&pidfd, .parent_tid = (uintptr_t)&parents,
                              .child_tid = (uintptr_t)&childs, .exit_signal = SIGCHLD};
    pid_t pid = syscall(SYS_clone3, &args, sizeof args);
    if (!pid) {
        usleep(10000);
        _exit(childs == getpid() ? 11 : 12);
    }
    printf("parent: %d %d pidfd %d cloexec %d\n", parents == pid, childs, pidfd >= 0, fcntl(pidfd, F_GETFD));
    struct pollfd poll_fd = {pidfd, POLLIN, 0};
    TRY(poll(&poll_fd, 1, -1));
    siginfo_t info;
    TRY(waitid(P_PIDFD, pidfd, &info, WEXITED));
    printf("%d %d\n", info.si_pid == pid, info.si_status);
    args.exit_signal = 0;
    args.flags = CLONE_CLEAR_SIGHAND;
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, (void (*)(int))main);
    pid = syscall(SYS_clone3, &args, sizeof args);
    if (!pid) {
        struct sigaction one, two;
        sigaction(SIGUSR1, NULL, &one);
        sigaction(SIGUSR2, NULL, &two);
        printf("ignored stays %d, handler gone %d\n", one.sa_handler == SIG_IGN, two.sa_handler == SIG_DFL);
        _exit(1);
    }
    reap_with("silent", pid, __WALL);
}
