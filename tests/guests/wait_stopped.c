// Stops and continuations reported to wait: only if asked for, once each, even after the fact.
#include "proc.h"
static void id(pid_t pid, int options) {
    siginfo_t info = {0};
    TRY(waitid(P_PID, pid, &info, options));
    printf("code %d status %d\n", info.si_code, info.si_status);
}
int main(void) {
    int status;
    Gate again = gate();
    pid_t pid = CHILD(raise(SIGSTOP); await(again); for (;;) raise(SIGSTOP)); // a stop hides that it went on
    waitpid(pid, &status, WUNTRACED);
    show("first", status);
    TRY(waitpid(pid, &status, WUNTRACED | WNOHANG));
    kill(pid, SIGCONT);
    id(pid, WCONTINUED);
    pass(again);
    id(pid, WSTOPPED | WNOWAIT);
    id(pid, WSTOPPED);
    id(pid, WSTOPPED | WNOHANG);
    kill(pid, SIGKILL);
    id(pid, WEXITED | WNOWAIT);
    reap("child", pid);
    pid = CHILD(for (;;) pause());
    setpgid(pid, pid); // a group with a parent outside: the terminal's signals stop it
    int stops[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
    for (int i = 0; i < 4; i++) {
        kill(pid, stops[i]);
        waitpid(pid, &status, WUNTRACED);
        show("child", status);
        kill(pid, SIGCONT);
        waitpid(pid, &status, WCONTINUED);
        show("child", status);
    }
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    kill(pid, SIGTERM);
    TRY(waitpid(pid, &status, WNOHANG));
    kill(pid, SIGCONT);
    reap("terminated", pid);
}
