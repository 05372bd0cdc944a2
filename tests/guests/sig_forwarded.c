// A signal is passed down a chain of five processes, each of which answers by its exit code.
#include "proc.h"
static volatile pid_t next;
static void forward(int sig) {
    if (next) kill(next, sig);
    int status = 0;
    if (next) waitpid(next, &status, 0);
    _exit(WEXITSTATUS(status) + sig);
}
int main(void) {
    int signals[] = {SIGTERM, SIGUSR1, SIGINT};
    for (int i = 0; i < 3; i++) {
        Gate ready = gate();
        pid_t first = fork();
        if (!first) {
            for (int depth = 0; depth < 4; depth++) {
                next = fork();
                if (next) break;
            }
            signal(signals[i], forward);
            pass(ready);
            for (;;) pause();
        }
        for (int n = 0; n < 5; n++) await(ready);
        kill(first, signals[i]);
        reap("chain", first);
    }
}
