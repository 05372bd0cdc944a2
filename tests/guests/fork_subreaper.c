// PR_SET_CHILD_SUBREAPER: orphans of the children come to this process, which can wait for them.
#include "proc.h"
#include <sys/prctl.h>
int main(void) {
    Gate orphaned = gate();
    pid_t me = getpid(), grandchild;
    int ids[2], set = -1;
    pipe(ids);
    TRY(prctl(PR_SET_CHILD_SUBREAPER, 1));
    prctl(PR_GET_CHILD_SUBREAPER, &set);
    printf("set %d\n", set);
    pid_t middle = CHILD({
        prctl(PR_GET_CHILD_SUBREAPER, &set);
        printf("inherited %d\n", set);
        pid_t pid = CHILD(await(orphaned); printf("parent is the reaper: %d\n", getppid() == me); exit(5));
        write(ids[1], &pid, sizeof pid);
    });
    read(ids[0], &grandchild, sizeof grandchild);
    reap("middle", middle);
    pass(orphaned);
    reap("grandchild", grandchild);
    TRY(waitpid(-1, NULL, 0));
}
