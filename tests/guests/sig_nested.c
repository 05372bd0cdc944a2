// Handlers that raise other signals, SA_NODEFER recursion, SA_RESETHAND.
#include "guest.h"
static volatile int depth;
static void inner(int sig) { printf("inner at depth %d\n", depth); }
static void outer(int sig) {
    depth++;
    printf("outer %d\n", depth);
    static int total;
    if (++total > 7) return;
    raise(SIGUSR2);
    if (depth < 4) raise(SIGUSR1);
    printf("leaving %d\n", depth--);
}
int main(void) {
    struct sigaction action = {.sa_handler = outer, .sa_flags = SA_NODEFER};
    sigaction(SIGUSR1, &action, NULL);
    signal(SIGUSR2, inner);
    raise(SIGUSR1);
    action.sa_flags = 0;
    sigaction(SIGUSR1, &action, NULL);
    depth = 2;
    raise(SIGUSR1); // the second one waits for the first to end
    action.sa_handler = inner;
    action.sa_flags = SA_RESETHAND;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    struct sigaction now;
    sigaction(SIGUSR1, NULL, &now);
    printf("reset %d\n", now.sa_handler == SIG_DFL);
}
