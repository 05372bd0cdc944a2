// Parent and child take turns by spinning on a word of shared memory, with sched_yield, with pause and with nothing.
#include "proc.h"
#include <sched.h>
#include <stdatomic.h>
int main(void) {
    struct { atomic_int turn; unsigned value; } *shared;
    shared = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared->value = 1;
    pid_t pid = fork();
    for (int i = 0; i < 260; i++) {
        while (shared->turn != (pid ? 0 : 1)) {
            if (i < 250) sched_yield();
            else if (i < 257) __asm__ volatile("pause");
        }
        shared->value = shared->value * (pid ? 3 : 5) + i;
        shared->turn = pid ? 1 : 0;
    }
    if (!pid) return 0;
    reap("child", pid);
    printf("%x\n", shared->value);
}
