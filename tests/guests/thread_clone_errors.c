// Combinations of flags that clone refuses.
#include "thread.h"
#define BAD(flags) TRY(syscall(SYS_clone, flags, NULL, NULL, NULL, NULL))
int main(void) {
    BAD(CLONE_THREAD | CLONE_VM);
    BAD(CLONE_SIGHAND);
    BAD(CLONE_THREAD | CLONE_SIGHAND);
    BAD(CLONE_FS | CLONE_NEWNS);
    BAD(CLONE_NEWUSER | CLONE_FS);
    BAD(CLONE_NEWPID | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM);
    BAD(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD);
    BAD(CLONE_NEWIPC | CLONE_SYSVSEM);
    TRY(syscall(SYS_clone, CLONE_VM | CLONE_SIGHAND | CLONE_SETTLS | CLONE_THREAD, NULL, NULL, NULL, 1L << 62));
    TRY(unshare(CLONE_THREAD));
    TRY(unshare(1));
    TRY(unshare(0));
}
