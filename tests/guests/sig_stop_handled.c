// SIGTSTP with a handler does not stop; the handler stops the process itself, the usual dance of editors.
#include "proc.h"
static Gate ready;
static void cont(int sig) { write(1, "SIGCONT\n", 8); }
static void tstp(int sig) {
    write(1, "SIGTSTP\n", 8);
    signal(SIGTSTP, SIG_DFL);
    raise(SIGTSTP); // pending until unblocked
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGTSTP, tstp);
    write(1, "back\n", 5);
    pass(ready);
}
int main(void) {
    ready = gate();
    Gate go = gate();
    pid_t pid = CHILD({
        setpgid(0, 0);
        signal(SIGTSTP, tstp);
        signal(SIGCONT, cont);
        pass(ready);
        await(go);
    });
    for (int i = 0; i < 3; i++) {
        int status;
        await(ready);
        kill(pid, SIGTSTP);
        waitpid(pid, &status, WUNTRACED);
        show("child", status);
        kill(pid, SIGCONT);
        waitpid(pid, &status, WCONTINUED);
    }
    await(ready);
    pass(go);
    reap("child", pid);
}
