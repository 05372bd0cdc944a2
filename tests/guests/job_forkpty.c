// A child on its own terminal: session, controlling terminal, echo, line editing, end of file, size.
// libs: -lutil
#include "pty.h"
int main(void) {
    int master;
    pid_t pid = ON_TERMINAL(master, {
        char line[100];
        struct winsize size;
        printf("tty %d session %d foreground %d\n", isatty(0), getsid(0) == getpid(), tcgetpgrp(0) == getpgrp());
        printf("session of the terminal %d\n", tcgetsid(0) == getpid());
        ioctl(0, TIOCGWINSZ, &size);
        printf("size %d %d\n", size.ws_row, size.ws_col);
        printf("/dev/tty %d\n", open("/dev/tty", O_RDWR) >= 0);
        puts("ready");
        while (fgets(line, sizeof line, stdin)) printf("got %s", line);
        exit(5);
    });
    read_until(master, "ready\n");
    write(master, "hello\n", 6);
    read_until(master, "got hello\n");
    write(master, "wronk\x7fg\n", 8);
    read_until(master, "got wrong\n");
    write(master, "\4", 1);
    reap("child", pid);
    char byte;
    TRY(read(master, &byte, 1));
}
