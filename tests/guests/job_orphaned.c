// A stopped group whose last link to its session goes gets SIGHUP and SIGCONT; an orphaned group does not stop.
#include "proc.h"
static int out[2];
static void hup(int sig) { dprintf(out[1], "hung up\n"); }
int main(void) {
    pipe(out);
    reap("middle", CHILD({
             setsid();
             pid_t pid = CHILD({
                 setpgid(0, 0);
                 signal(SIGHUP, hup);
                 raise(SIGSTOP);
                 dprintf(out[1], "went on\n");
                 raise(SIGTSTP); // nothing: orphaned
                 dprintf(out[1], "not stopped\n");
             });
             waitpid(pid, NULL, WUNTRACED);
         }));
    close(out[1]);
    char text[200] = "";
    for (long n = 0, got; (got = read(out[0], text + n, sizeof text - n - 1)) > 0;) n += got;
    printf("%s", text);
}
