// vfork in a child of vfork, and fork in one.
#include "proc.h"
int main(void) {
    volatile int order = 0, first = 0, second = 0, third = 0;
    volatile pid_t inner = 0;
    pid_t pid = vfork();
    if (!pid) {
        inner = vfork();
        if (!inner) {
            third = ++order;
            _exit(3);
        }
        second = ++order;
        waitpid(inner, NULL, 0);
        inner = fork();
        if (!inner) {
            order = 100; // in its own copy
            _exit(4);
        }
        int status;
        waitpid(inner, &status, 0);
        _exit(WEXITSTATUS(status) + 10);
    }
    first = ++order;
    printf("%d %d %d\n", first, second, third);
    reap("child", pid);
}
