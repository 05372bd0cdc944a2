// With SA_NODEFER a handler raises its own signal, five hundred levels deep, and unwinds.
#include "proc.h"
static volatile int depth;
static volatile unsigned hash;
static void handler(int sig, siginfo_t *info, void *context) {
    int mine = ++depth;
    hash = hash * 31 + mine;
    if (depth < 500) raise(sig);
    hash = hash * 17 + mine;
}
int main(void) {
    handle(SIGUSR1, handler, SA_NODEFER);
    raise(SIGUSR1);
    printf("%d %x\n", depth, hash);
    depth = hash = 0;
    reap("child", CHILD(raise(SIGUSR1); printf("%d %x\n", depth, hash)));
}
