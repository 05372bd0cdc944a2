// Combinations of clone's flags and sizes that the kernel refuses.
#include "proc.h"
#include <linux/sched.h>
static void try(const char *what, unsigned long flags) {
    errno = 0;
    long pid = syscall(SYS_clone, flags, 0, 0, 0, 0);
    if (!pid) _exit(0);
    if (pid > 0) waitpid(pid, NULL, __WALL);
    printf("%s: %s\n", what, pid > 0 ? "ok" : strerrorname_np(errno));
}
int main(void) {
    try("SIGHAND without VM", CLONE_SIGHAND | SIGCHLD);
    try("THREAD without SIGHAND", CLONE_THREAD | SIGCHLD);
    try("THREAD without SIGHAND, with VM", CLONE_THREAD | CLONE_VM);
    try("NEWNS and FS", CLONE_NEWNS | CLONE_FS | SIGCHLD);
    try("PIDFD and DETACHED", CLONE_PIDFD | CLONE_DETACHED | SIGCHLD);
    try("PIDFD and PARENT_SETTID", CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD);
    try("SYSVSEM", CLONE_SYSVSEM | SIGCHLD);
    try("IO and UNTRACED", CLONE_IO | CLONE_UNTRACED | SIGCHLD);
    struct clone_args args = {.exit_signal = 65};
    TRY(syscall(SYS_clone3, &args, sizeof args));
    args.exit_signal = SIGCHLD;
    TRY(syscall(SYS_clone3, &args, 8));
    TRY(syscall(SYS_clone3, &args, 5000));
    TRY(syscall(SYS_clone3, 8, sizeof args));
    args.stack = PAGE;
    TRY(syscall(SYS_clone3, &args, sizeof args));
    args.stack = 0, args.flags = SIGCHLD;
    TRY(syscall(SYS_clone3, &args, sizeof args));
    args.flags = CLONE_PARENT; // brother of this process: refused with an exit signal
    TRY(syscall(SYS_clone3, &args, sizeof args));
}
