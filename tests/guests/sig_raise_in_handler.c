// raise, kill and sigqueue of the handled signal inside its handler: standard ones coalesce, queued ones do not.
#include "proc.h"
static volatile int calls, depth, deepest;
static void handler(int sig) {
    if (++depth > deepest) deepest = depth;
    if (++calls == 1) {
        raise(sig);
        kill(getpid(), sig);
        sigqueue(getpid(), sig, (union sigval){1});
        printf("in the first: calls %d\n", calls);
    }
    depth--;
}
int main(void) {
    for (int sig = SIGUSR1;; sig = SIGRTMIN) {
        for (int nodefer = 0; nodefer < 2; nodefer++) {
            struct sigaction action = {.sa_handler = handler, .sa_flags = nodefer ? SA_NODEFER : 0};
            sigaction(sig, &action, NULL);
            calls = depth = deepest = 0;
            raise(sig);
            printf("%s nodefer %d: calls %d deepest %d\n", sig == SIGUSR1 ? "USR1" : "real-time", nodefer, calls, deepest);
        }
        if (sig != SIGUSR1) break;
    }
}
