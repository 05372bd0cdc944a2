// exec fails in a child of vfork, which tells its parent by the memory they share.
#include "proc.h"
int main(void) {
    volatile int error = 0;
    errno = 0;
    pid_t pid = vfork();
    if (!pid) {
        execl("/no/such/program", "x", NULL);
        error = errno;
        execl("/", "x", NULL);
        error = error * 1000 + errno;
        _exit(127);
    }
    printf("told %d, errno %d\n", error, errno);
    reap("child", pid);
}
