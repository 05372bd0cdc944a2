// fork 20,000 frames deep; both processes return through all of them.
#include "proc.h"
static pid_t pid;
__attribute__((noinline)) static unsigned down(int depth, unsigned x) {
    volatile unsigned local = x * 31 + depth;
    if (depth == 0) {
        pid = fork();
        return pid ? 1 : 2;
    }
    return down(depth - 1, local) * 3 + local;
}
int main(void) {
    unsigned result = down(20000, 7);
    if (pid) reap("child", pid);
    printf("%s %x\n", pid ? "parent" : "child", result);
}
