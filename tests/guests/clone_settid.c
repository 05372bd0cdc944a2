// CLONE_PARENT_SETTID writes in the parent's memory, CLONE_CHILD_SETTID in the child's, each before it runs.
#include "proc.h"
#include <sched.h>
int main(void) {
    for (int flags = 0; flags < 4; flags++) {
        pid_t parents = 1, childs = 2;
        pid_t pid = syscall(SYS_clone, (flags & 1 ? CLONE_PARENT_SETTID : 0) | (flags & 2 ? CLONE_CHILD_SETTID : 0) | SIGCHLD,
                            0, &parents, &childs, 0);
        pid_t id = pid ? pid : getpid();
        if (pid) waitpid(pid, NULL, 0);
        printf("%d %s: parent's word %d %d child's %d %d\n", flags, pid ? "parent" : "child", parents == id, parents == 1,
               childs == id, childs == 2);
        if (!pid) exit(0);
    }
    pid_t pid = syscall(SYS_clone, CLONE_CHILD_SETTID | CLONE_PARENT_SETTID | SIGCHLD, 0, 8, 8, 0);
    if (!pid) exit(5);
    reap("bad addresses", pid);
}
