// A change of the window's size sends SIGWINCH to the foreground group.
// libs: -lutil
#include "pty.h"
static volatile int count;
static void winch(int sig) { count++; }
int main(void) {
    int master;
    pid_t pid = ON_TERMINAL(master, {
        signal(SIGWINCH, winch);
        sigset_t set;
        sigset_t old;
        sigemptyset(&set);
        sigaddset(&set, SIGWINCH);
        sigprocmask(SIG_BLOCK, &set, &old);
        for (int i = 0; i < 3; i++) {
            struct winsize size;
            printf("ready\n");
            while (count <= i) sigsuspend(&old);
            ioctl(0, TIOCGWINSZ, &size);
            printf("size %d %d\n", size.ws_row, size.ws_col);
        }
        puts("done");
    });
    for (int i = 0; i < 3; i++) {
        struct winsize size = {30 + i, 100 + i, 0, 0};
        read_until(master, "ready\n");
        ioctl(master, TIOCSWINSZ, &size);
    }
    read_until(master, "done\n");
    reap("child", pid);
}
