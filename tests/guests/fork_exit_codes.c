// Every way for a child to end by itself, and what the parent is told.
#include "proc.h"
static void last(void) { puts("at quick exit"); }
int main(void) {
    at_quick_exit(last);
    reap("exit(0)", CHILD(exit(0)));
    reap("exit(1)", CHILD(exit(1)));
    reap("exit(255)", CHILD(exit(255)));
    reap("exit(256)", CHILD(exit(256)));
    reap("exit(-1)", CHILD(exit(-1)));
    reap("exit(0x12345)", CHILD(exit(0x12345)));
    reap("_exit(127)", CHILD(_exit(127)));
    reap("quick_exit(5)", CHILD(quick_exit(5)));
    reap("SYS_exit", CHILD(syscall(SYS_exit, 6)));
    reap("SYS_exit_group", CHILD(syscall(SYS_exit_group, 0x107)));
    pid_t pid = fork();
    if (!pid) return 42;
    reap("return", pid);
}
