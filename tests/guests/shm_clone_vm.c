// clone(CLONE_VM) without CLONE_THREAD: a process of its own in the same memory, waited for.
#include "thread.h"
#include <sys/wait.h>
static int shared = 1, fd;
static _Atomic int stage;
static int child(void *text) {
    shared += strlen(text);
    close(fd); // its table is a copy
    if (stage < 1) stage = 1;
    while (stage < 2) sched_yield();
    shared *= getppid() != getpid();
    _exit(shared);
}
int main(void) {
    char *stack = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fd = dup(1);
    int pid = clone(child, stack + 65536, CLONE_VM | SIGCHLD, "hello");
    while (stage < 1) sched_yield();
    printf("seen while it runs: %d\n", shared);
    shared += 10;
    stage = 2;
    int status;
    printf("%d\n", waitpid(pid, &status, 0) == pid);
    printf("%d %d fd kept %d\n", WEXITSTATUS(status), shared, fcntl(fd, F_GETFD) == 0);
    stage = 2;
    pid = clone(child, stack + 65536, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, "vfork-like");
    printf("%d fd %d\n", shared, fcntl(fd, F_GETFD));
    waitpid(pid, &status, 0);
}
