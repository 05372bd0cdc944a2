// One thread maps and unmaps what another reads; its faults are counted by a handler.
// nondeterministic: the schedule is the point
#include "thread.h"
static volatile char *page;
static _Atomic int done;
static sigjmp_buf back;
static void handler(int sig, siginfo_t *info, void *context) { siglongjmp(back, 1); }
static void *flip(void *unused) {
    gate(2);
    for (int i = 0; i < 1000; i++) {
        munmap((void *)page, PAGE);
        mmap((void *)page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        page[5] = i;
    }
    done = 1;
    return NULL;
}
int main(void) {
    handle(SIGSEGV, handler, 0);
    page = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_t t = start(flip, 0);
    gate(2);
    volatile long faults = 0, hash = 0;
    while (!done) {
        if (sigsetjmp(back, 1)) faults++;
        else hash = hash * 31 + page[5];
    }
    join(t);
    printf("%ld %lx\n", faults, hash);
}
