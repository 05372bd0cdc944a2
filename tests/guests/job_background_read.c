// A background group that reads its terminal gets SIGTTIN; ignoring it gives EIO; in the foreground it goes on.
// libs: -lutil
#include "pty.h"
int main(void) {
    int master;
    pid_t pid = ON_TERMINAL(master, {
        char byte = '-';
        int status;
        signal(SIGTTOU, SIG_IGN);
        pid_t job = CHILD(setpgid(0, 0); long n = read(0, &byte, 1); exit(n == 1 ? byte : 1));
        waitpid(job, &status, WUNTRACED);
        show("reader", status);
        tcsetpgrp(0, job);
        kill(-job, SIGCONT);
        puts("ready");
        waitpid(job, &status, WUNTRACED);
        tcsetpgrp(0, getpgrp());
        show("reader", status);
        job = CHILD(setpgid(0, 0); signal(SIGTTIN, SIG_IGN); exit(read(0, &byte, 1) == -1 ? errno : 0));
        waitpid(job, &status, WUNTRACED);
        printf("ignored: %d\n", WEXITSTATUS(status) == EIO);
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGTTIN);
        job = CHILD(setpgid(0, 0); sigprocmask(SIG_BLOCK, &set, NULL); exit(read(0, &byte, 1) == -1 ? errno : 0));
        waitpid(job, &status, WUNTRACED);
        printf("blocked: %d\n", WEXITSTATUS(status) == EIO);
        puts("done");
    });
    read_until(master, "ready\n");
    write(master, "A\n", 2);
    read_until(master, "done\n");
    reap("leader", pid);
}
