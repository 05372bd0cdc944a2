// ^C, ^Z and ^\ typed at a terminal go to the foreground group, and to nobody else.
// libs: -lutil
#include "pty.h"
int main(void) {
    int master;
    pid_t pid = ON_TERMINAL(master, {
        signal(SIGTTOU, SIG_IGN);
        for (int i = 0; i < 3; i++) {
            pid_t job = CHILD(setpgid(0, 0); signal(SIGTTOU, SIG_DFL); for (;;) pause());
            setpgid(job, job);
            tcsetpgrp(0, job);
            puts("ready");
            int status;
            waitpid(job, &status, WUNTRACED);
            tcsetpgrp(0, getpgrp());
            show("job", status);
            if (WIFSTOPPED(status)) {
                kill(-job, SIGCONT);
                kill(-job, SIGTERM);
                reap("job", job);
            }
            puts("next");
        }
    });
    // The kernel sends the signal first; then it discards output, which may be the next line by now, and
    // echoes the key. Natively that is a race.
    struct termios terminal;
    tcgetattr(master, &terminal);
    terminal.c_lflag = (terminal.c_lflag | NOFLSH) & ~ECHO;
    tcsetattr(master, TCSANOW, &terminal);
    const char *keys[] = {"\3", "\32", "\34"};
    for (int i = 0; i < 3; i++) {
        read_until(master, "ready\n");
        write(master, keys[i], 1);
        read_until(master, "next\n");
    }
    reap("leader", pid);
}
