// What wait refuses: no such child, a grandchild, bad options; a wait without a place for the status.
#include "proc.h"
int main(void) {
    int ids[2], status;
    siginfo_t info;
    Gate go = gate();
    pipe(ids);
    TRY(waitpid(-1, &status, 0));
    TRY(waitpid(getpid(), &status, 0));
    TRY(waitpid(1, &status, 0));
    TRY(waitpid(-1, &status, 0x1000));
    TRY(waitpid((int)0x80000000, &status, 0));
    TRY(waitid(P_ALL, 0, &info, 0));
    TRY(waitid(P_ALL, 0, &info, WEXITED | 0x100));
    TRY(waitid(99, 0, &info, WEXITED));
    TRY(waitid(P_PID, 0, &info, WEXITED));
    pid_t pid = CHILD({
        pid_t grandchild = CHILD(await(go));
        write(ids[1], &grandchild, sizeof grandchild);
        waitpid(grandchild, NULL, 0);
    });
    pid_t grandchild;
    read(ids[0], &grandchild, sizeof grandchild);
    printf("grandchild: %d\n", waitpid(grandchild, &status, 0) == -1 && errno == ECHILD);
    pass(go);
    TRY(syscall(SYS_wait4, pid, 8, 0, NULL)); // a bad address: the child is reaped all the same
    TRY(waitpid(-1, NULL, 0));
    pid = CHILD(exit(3));
    printf("no status: %d\n", waitpid(pid, NULL, 0) == pid);
    pid = CHILD(exit(4));
    TRY(waitid(P_PID, pid, NULL, WEXITED));
}
