// Closing the master hangs the terminal up: SIGHUP to leader and foreground; the leader's end does it to the foreground.
// libs: -lutil
#include "pty.h"
static int out[2];
static const char *name;
static void hup(int sig) {
    dprintf(out[1], "%s hung up\n", name);
    _exit(3);
}
static void tell(void) {
    char text[200] = "";
    close(out[1]);
    for (long n = 0, got; (got = read(out[0], text + n, sizeof text - n - 1)) > 0;) n += got;
    printf("%s", text);
}
int main(void) {
    int master;
    pipe(out);
    signal(SIGHUP, hup);
    pid_t pid = ON_TERMINAL(master, name = "leader"; puts("ready"); for (;;) pause());
    read_until(master, "ready\n");
    close(master);
    reap("leader", pid);
    tell();
    pipe(out);
    pid = ON_TERMINAL(master, {
        Gate ready = gate();
        pid_t job = fork();
        if (!job) {
            name = "job";
            setpgid(0, 0);
            pass(ready);
            for (;;) pause();
        }
        await(ready);
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(0, job);
        puts("ready");
        usleep(1000);
        _exit(4);
    });
    read_until(master, "ready\n");
    reap("leader", pid);
    tell();
    char byte;
    TRY(read(master, &byte, 1));
}
