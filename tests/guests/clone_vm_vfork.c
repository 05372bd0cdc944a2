// clone(CLONE_VM | CLONE_VFORK) with a stack of its own, as posix_spawn does: shares memory, the parent waits.
#include "proc.h"
#include <sched.h>
static volatile int number;
static int function(void *argument) {
    char local[1000];
    memset(local, 'x', sizeof local);
    usleep(10000);
    number = (int)strlen(argument) + local[999];
    *(char *)argument = 'C';
    return 9;
}
static int execs(void *argument) {
    execl("/bin/echo", "echo", "from echo", NULL);
    return 127;
}
int main(void) {
    char *stack = mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    char text[] = "changed?";
    pid_t pid = clone(function, stack + 16 * PAGE, CLONE_VM | CLONE_VFORK | SIGCHLD, text);
    printf("%d %s\n", number, text);
    reap("function", pid);
    pid = clone(execs, stack + 16 * PAGE, CLONE_VM | CLONE_VFORK | SIGCHLD, text);
    munmap(stack, 16 * PAGE);
    reap("exec", pid);
}
