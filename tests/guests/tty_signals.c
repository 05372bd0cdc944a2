// Keys that send signals to a session of its own: interrupt, quit, suspend; and the hang-up at the end.
#include "tty.h"
#include <sys/wait.h>
static int p[2];
static void handler(int sig, siginfo_t *info, void *context) {
    char byte = sig;
    write(p[1], &byte, 1);
}
static int next(void) {
    char sig = 0;
    read(p[0], &sig, 1);
    return sig;
}
int main(void) {
    open_tty();
    pipe(p);
    int child = fork(), status;
    if (!child) {
        close(master);
        setsid();
        ioctl(slave, TIOCSCTTY, 0);
        int sigs[] = {SIGINT, SIGQUIT, SIGTSTP, SIGHUP, SIGCONT};
        for (int i = 0; i < 5; i++) handle(sigs[i], handler, 0);
        write(p[1], "!", 1);
        for (;;) pause();
    }
    printf("%c\n", next());
    type("\x03");
    printf("%d\n", next());
    type("\x1c");
    printf("%d\n", next());
    type("\x1a");
    printf("%d\n", next());
    show_exactly("echo", master, 6);
    close(master), close(slave);
    int a = next(), b = next();
    printf("%d %d\n", a + b == SIGHUP + SIGCONT, a != b);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    printf("%d\n", WTERMSIG(status));
}
