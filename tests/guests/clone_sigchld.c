// The raw clone call as a fork: with SIGCHLD, on the same stack and on one of its own.
#include "proc.h"
#include <sched.h>
static void chld(int sig) { write(1, "SIGCHLD\n", 8); }
static int function(void *word) {
    printf("on its own stack: %s\n", (char *)word);
    return 8;
}
int main(void) {
    signal(SIGCHLD, chld);
    int local = 5;
    pid_t pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (!pid) {
        local = 6;
        printf("child %d\n", local);
        _exit(7);
    }
    reap("raw", pid);
    printf("parent %d\n", local);
    char *stack = mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pid = clone(function, stack + 16 * PAGE, SIGCHLD, "word");
    reap("clone", pid);
}
