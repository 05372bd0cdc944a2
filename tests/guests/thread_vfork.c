// vfork from a thread suspends that thread only; the others go on meanwhile.
#include "thread.h"
#include <sys/wait.h>
static _Atomic int stop;
static _Atomic long counter;
static void *count(void *unused) {
    while (!stop) counter++, sched_yield();
    return NULL;
}
static void *vforks(void *unused) {
    volatile int shared = 1;
    long before = counter;
    int child = vfork();
    if (!child) {
        shared = 2;
        while (counter < before + 10) {} // the parent's other thread moves
        _exit(3);
    }
    int status;
    waitpid(child, &status, 0);
    printf("shared %d status %d\n", shared, WEXITSTATUS(status));
    return NULL;
}
int main(void) {
    pthread_t t = start(count, 0);
    join(start(vforks, 0));
    vforks(NULL);
    stop = 1;
    join(t);
}
