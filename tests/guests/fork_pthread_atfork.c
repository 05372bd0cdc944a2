// pthread_atfork's handlers run around fork in their order; not for _Fork, vfork or a raw call.
#include "proc.h"
#include <pthread.h>
static void before1(void) { puts("before 1"); }
static void before2(void) { puts("before 2"); }
static void child1(void) { puts("child 1"); }
static void child2(void) { puts("child 2"); }
static void parent1(void) { wait(NULL), puts("parent 1"); }
static void parent2(void) { puts("parent 2"); }
static void end(const char *who, pid_t pid) {
    if (!pid) _exit(3);
    reap(who, pid);
}
int main(void) {
    pthread_atfork(before1, parent1, child1);
    pthread_atfork(before2, parent2, child2);
    pid_t pid = fork();
    if (!pid) _exit(3);
    end("_Fork", _Fork());
    end("raw fork", syscall(SYS_fork));
    end("raw clone", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
    pid = vfork();
    if (!pid) _exit(3);
    reap("vfork", pid);
}
