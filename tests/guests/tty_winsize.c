// Window sizes: set on either side, SIGWINCH to the foreground group of a session on the terminal.
#include "tty.h"
#include <sys/wait.h>
static volatile int winches;
static void handler(int sig, siginfo_t *info, void *context) { winches++; }
static void show_size(int fd) {
    struct winsize size;
    TRY(ioctl(fd, TIOCGWINSZ, &size));
    printf("%d %d %d %d\n", size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel);
}
int main(void) {
    open_tty();
    show_size(master);
    TRY(ioctl(slave, TIOCSWINSZ, &(struct winsize){30, 100, 5, 6}));
    show_size(slave), show_size(master);
    int p[2];
    pipe(p);
    int child = fork();
    if (!child) {
        setsid();
        TRY(ioctl(slave, TIOCSCTTY, 0));
        handle(SIGWINCH, handler, 0);
        sigset_t set, old;
        sigemptyset(&set);
        sigaddset(&set, SIGWINCH);
        sigprocmask(SIG_BLOCK, &set, &old);
        write(p[1], "x", 1);
        while (!winches) sigsuspend(&old);
        show_size(slave);
        printf("%d\n", tcgetpgrp(slave) == getpid());
        _exit(winches);
    }
    read(p[0], &(char){0}, 1);
    ioctl(master, TIOCSWINSZ, &(struct winsize){50, 132});
    int status;
    waitpid(child, &status, 0);
    printf("%d\n", WEXITSTATUS(status));
    TRY(ioctl(0, TIOCGWINSZ, &(struct winsize){0}));
}
