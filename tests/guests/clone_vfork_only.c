// CLONE_VFORK without CLONE_VM: a copy of the memory, but the parent waits until the child is done.
#include "proc.h"
#include <sched.h>
int main(void) {
    volatile int number = 1;
    for (int i = 0; i < 2; i++) {
        pid_t pid = syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
        if (!pid) {
            usleep(20000);
            number = 2;
            puts("child first");
            if (i) execl("/bin/true", "true", NULL);
            _exit(3);
        }
        printf("then the parent: %d\n", number);
        reap("child", pid);
    }
}
