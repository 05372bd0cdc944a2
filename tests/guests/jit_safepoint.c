// Stop-the-world as JVMs do it: a page polled by compiled code is protected, the handler waits.
#include "jit.h"
enum { N = 4, STOPS = 20 };
static volatile char *poll_page;
static _Atomic int parked, generation, progress[N], done;
static __thread int me;
static void handler(int sig, siginfo_t *info, void *context) {
    if (info->si_addr != poll_page) abort();
    int now = generation;
    parked++;
    futex(&parked, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    while (generation == now) futex(&generation, FUTEX_WAIT_PRIVATE, now, NULL, NULL, 0);
}
static void *works(void *n) {
    me = NUMBER(n);
    step();
    while (!done) {
        progress[me]++;
        *poll_page;
    }
    return NULL;
}
int main(void) {
    poll_page = (char *)pages(1, PROT_READ);
    handle(SIGSEGV, handler, SA_NODEFER);
    pthread_t t[N];
    for (int i = 0; i < N; i++) t[i] = start(works, i);
    await(N);
    int moved = 0;
    for (int i = 0; i < STOPS; i++) {
        mprotect((void *)poll_page, PAGE, PROT_NONE);
        for (int now; (now = parked) < N;) futex(&parked, FUTEX_WAIT_PRIVATE, now, NULL, NULL, 0);
        int before = 0, after = 0;
        for (int j = 0; j < N; j++) before += progress[j];
        for (volatile int work = 0; work < 10000; work++) {}
        for (int j = 0; j < N; j++) after += progress[j];
        moved += before != after;
        parked = 0;
        done = i == STOPS - 1;
        mprotect((void *)poll_page, PAGE, PROT_READ);
        generation++;
        futex(&generation, FUTEX_WAKE_PRIVATE, N, NULL, NULL, 0);
    }
    for (int i = 0; i < N; i++) join(t[i]);
    printf("moved while stopped: %d\n", moved);
}
