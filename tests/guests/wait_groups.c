// Waiting for any child of a process group: by number, by the own one, by waitid.
#include "proc.h"
int main(void) {
    setpgid(0, 0);
    Gate ready = gate();
    pid_t other = CHILD(setpgid(0, 0); pass(ready); exit(1));
    await(ready);
    pid_t second = CHILD(setpgid(0, other); pass(ready); exit(2));
    await(ready);
    pid_t own = CHILD(exit(3));
    siginfo_t info;
    int status;
    printf("own group: %d ", waitpid(0, &status, 0) == own);
    printf("%d\n", WEXITSTATUS(status));
    TRY(waitpid(0, &status, 0));
    int sum = 0;
    for (int i = 0; i < 2; i++) {
        waitid(P_PGID, other, &info, WEXITED | WNOWAIT);
        waitpid(info.si_pid, &status, 0);
        sum += WEXITSTATUS(status);
    }
    printf("the other group's sum %d\n", sum);
    TRY(waitid(P_PGID, 0x7fffffff, &info, WEXITED));
    printf("gone: %d\n", waitpid(-other, NULL, 0) == -1 && errno == ECHILD);
    own = CHILD(exit(4));
    TRY(waitid(P_PGID, 0, &info, WEXITED));
    printf("%d\n", info.si_status);
    (void)second;
}
