// What system() does: results, signals as seen by the shell, SIGINT ignored and SIGCHLD blocked meanwhile.
#include "proc.h"
static void chld(int sig) { puts("SIGCHLD seen"); }
int main(void) {
    printf("shell there: %d\n", system(NULL) != 0);
    show("true", system("true"));
    show("exit 7", system("exit 7"));
    show("missing", system("no-such-command 2>/dev/null"));
    show("pipeline", system("echo one two three | tr a-z A-Z | cut -d' ' -f2"));
    show("subshell killed", system("sh -c 'kill -TERM $$'; echo status $?"));
    show("killed", system("kill -KILL $$"));
    signal(SIGCHLD, chld);
    show("with a handler", system("kill -INT $PPID; kill -QUIT $PPID; echo still here"));
    struct sigaction action;
    sigaction(SIGINT, NULL, &action);
    printf("restored: %d\n", action.sa_handler == SIG_DFL);
    signal(SIGCHLD, SIG_IGN);
    TRY(system("exit 3"));
}
