// Each thread leaves by the bare exit call; the process ends when the last one has.
// exit: 3
#include "thread.h"
static void *other(void *unused) {
    nap(5);
    puts("the other leaves");
    syscall(SYS_exit, 3);
}
int main(void) {
    start(other, 0);
    syscall(SYS_exit, 3);
}
