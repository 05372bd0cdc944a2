// A clone without an exit signal tells nobody; only __WCLONE and __WALL wait for it.
#include "proc.h"
static void chld(int sig) { puts("SIGCHLD"); }
int main(void) {
    signal(SIGCHLD, chld);
    for (int i = 0; i < 2; i++) {
        pid_t pid = syscall(SYS_clone, 0, 0, 0, 0, 0);
        if (!pid) _exit(3 + i);
        until_state(pid, 'Z');
        TRY(waitpid(-1, NULL, WNOHANG));
        TRY(waitpid(pid, NULL, 0));
        reap_with("silent child", pid, i ? __WCLONE : __WALL);
    }
    pid_t pid = CHILD(exit(5));
    until_state(pid, 'Z');
    TRY(waitpid(pid, NULL, __WCLONE));
    reap_with("plain child", pid, __WALL);
}
