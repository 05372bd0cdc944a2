// A background group may write to its terminal unless TOSTOP is set; tcsetattr and tcsetpgrp give SIGTTOU.
// libs: -lutil
#include "pty.h"
static void job(const char *what, int which) {
    int status;
    pid_t pid = CHILD({
        setpgid(0, 0);
        struct termios modes;
        tcgetattr(0, &modes);
        if (which == 0) write(1, "written\n", 8);
        if (which == 1) tcsetattr(0, TCSANOW, &modes);
        if (which == 2) tcsetpgrp(0, getpgrp());
    });
    waitpid(pid, &status, WUNTRACED);
    show(what, status);
    if (!WIFSTOPPED(status)) return;
    signal(SIGTTOU, SIG_IGN);
    tcsetpgrp(0, pid);
    kill(-pid, SIGCONT);
    waitpid(pid, &status, WUNTRACED);
    tcsetpgrp(0, getpgrp());
    signal(SIGTTOU, SIG_DFL);
    show(what, status);
}
int main(void) {
    int master;
    pid_t pid = ON_TERMINAL(master, {
        job("write", 0);
        job("tcsetattr", 1);
        job("tcsetpgrp", 2);
        struct termios modes;
        tcgetattr(0, &modes);
        modes.c_lflag |= TOSTOP;
        tcsetattr(0, TCSANOW, &modes);
        job("write with TOSTOP", 0);
        puts("done");
    });
    read_until(master, "done\n");
    reap("leader", pid);
}
