// clone(CLONE_VM) without thread flags: a process of its own in the same memory, at the same time.
#include "proc.h"
#include <sched.h>
#include <stdatomic.h>
static atomic_int turn, counter;
static char *volatile mapped;
static pid_t parent;
static int function(void *argument) { // no printf, malloc or errno here: both share the thread's block
    while (turn != 1) sched_yield();
    turn = 2;
    for (int i = 0; i < 100000; i++) counter++;
    mapped = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mapped[5] = getpid() != parent && gettid() == getpid() && getppid() == parent;
    return 4;
}
int main(void) {
    parent = getpid();
    char *stack = mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pid_t pid = clone(function, stack + 16 * PAGE, CLONE_VM, NULL);
    turn = 1;
    while (turn != 2) sched_yield();
    for (int i = 0; i < 100000; i++) counter++;
    reap_with("child", pid, __WCLONE);
    printf("counter %d, a process of its own %d\n", counter, mapped[5]);
}
