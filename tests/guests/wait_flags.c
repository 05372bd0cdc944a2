// WNOHANG and WNOWAIT: nothing yet, a look without taking, the taking, and then no child any more.
#include "proc.h"
int main(void) {
    Gate go = gate();
    int status = 77;
    siginfo_t info = {.si_pid = 77};
    pid_t pid = CHILD(await(go); exit(12));
    TRY(waitpid(pid, &status, WNOHANG));
    TRY(waitid(P_PID, pid, &info, WEXITED | WNOHANG));
    printf("status %d si_pid %d si_signo %d\n", status, info.si_pid, info.si_signo);
    pass(go);
    for (int i = 0; i < 2; i++) {
        waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
        printf("looked: %d %d %d mine %d\n", info.si_pid == pid, info.si_code == CLD_EXITED, info.si_status,
               info.si_uid == getuid());
    }
    printf("taken: %d\n", waitpid(-1, &status, WNOHANG) == pid);
    show("child", status);
    TRY(waitpid(-1, &status, WNOHANG));
    TRY(waitpid(pid, &status, 0));
    TRY(waitid(P_ALL, 0, &info, WEXITED | WNOHANG));
}
