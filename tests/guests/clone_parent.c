// CLONE_PARENT makes a brother instead of a child.
#include "proc.h"
#include <sched.h>
int main(void) {
    int ids[2];
    pid_t me = getpid(), brother;
    pipe(ids);
    pid_t pid = CHILD({
        pid_t made = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
        if (!made) exit(getppid() == me ? 6 : 7);
        write(ids[1], &made, sizeof made);
        printf("no child: %d\n", wait(NULL) == -1 && errno == ECHILD);
    });
    read(ids[0], &brother, sizeof brother);
    reap("child", pid);
    reap("its brother", brother);
}
