// A child with threads is stopped and continued as a whole; the parent is told of each.
#include "thread.h"
#include <sys/wait.h>
static _Atomic int *counters;
static void *counts(void *n) {
    for (;;) counters[NUMBER(n)]++;
}
int main(void) {
    counters = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status, child = fork();
    if (!child) {
        start(counts, 0);
        start(counts, 1);
        for (;;) pause();
    }
    while (!counters[0] || !counters[1]) sched_yield();
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
    int a = counters[0], b = counters[1];
    nap(20);
    printf("still %d\n", counters[0] == a && counters[1] == b);
    kill(child, SIGCONT);
    waitpid(child, &status, WCONTINUED);
    printf("continued %d\n", WIFCONTINUED(status));
    while (counters[0] == a || counters[1] == b) sched_yield();
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    printf("killed by %d\n", WTERMSIG(status));
}
