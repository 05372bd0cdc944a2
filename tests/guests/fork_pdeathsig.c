// PR_SET_PDEATHSIG: a child is told of its parent's end; forking clears it.
#include "proc.h"
#include <sys/prctl.h>
static Gate out;
static void handler(int sig, siginfo_t *info, void *context) {
    dprintf(out.fds[1], "told by %s, code %d\n", sigabbrev_np(sig), info->si_code);
    _exit(0);
}
int main(void) {
    Gate ready = gate();
    out = gate();
    handle(SIGUSR2, handler, 0);
    pid_t middle = CHILD({
        prctl(PR_SET_PDEATHSIG, SIGUSR1);
        CHILD({
            int sig = -1;
            prctl(PR_GET_PDEATHSIG, &sig);
            printf("inherited %d\n", sig);
            prctl(PR_SET_PDEATHSIG, SIGUSR2);
            prctl(PR_GET_PDEATHSIG, &sig);
            printf("set %d\n", sig == SIGUSR2);
            pass(ready);
            for (;;) {} // it may be told at once
        });
        await(ready);
        raise(SIGKILL);
    });
    reap("middle", middle);
    char text[100] = "";
    close(out.fds[1]);
    read(out.fds[0], text, sizeof text - 1);
    printf("%s", text);
}
