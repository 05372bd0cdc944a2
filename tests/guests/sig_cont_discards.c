// SIGCONT removes pending stop signals and these remove it; SIGKILL ends a stopped process.
#include "proc.h"
static void show_pending(const char *what) {
    sigset_t set;
    sigpending(&set);
    printf("%s: TSTP %d TTIN %d CONT %d\n", what, sigismember(&set, SIGTSTP), sigismember(&set, SIGTTIN),
           sigismember(&set, SIGCONT));
}
int main(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    sigaddset(&set, SIGTTIN);
    sigaddset(&set, SIGCONT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTSTP);
    raise(SIGTTIN);
    show_pending("stops");
    raise(SIGCONT);
    show_pending("continued");
    raise(SIGTSTP);
    show_pending("stopped");
    signal(SIGTSTP, SIG_IGN);
    show_pending("ignored");
    int status;
    pid_t pid = CHILD(raise(SIGSTOP));
    waitpid(pid, &status, WUNTRACED);
    kill(pid, SIGKILL);
    reap("child", pid);
}
