// Coroutines that wander: contexts started in one thread and continued in others.
#include "thread.h"
#include <ucontext.h>
enum { N = 6 };
static ucontext_t scheduler[3], coroutine[N];
static __thread int me;
static uint64_t hash;
static int __attribute__((noinline)) who(void) { return me; } // not cached across a switch
static void body(int n) {
    double local = n;
    for (int i = 0; i < 12; i++) {
        local = local * 1.5 + i;
        hash = hash * 31 + who() * 100 + n + (int)local;
        swapcontext(&coroutine[n], &scheduler[who()]);
    }
    hash += 7777;
}
static void *run(void *n) {
    me = NUMBER(n);
    for (int round = 0; round < 4; round++) {
        await(round * 3 + me);
        for (int i = 0; i < N; i++) {
            coroutine[i].uc_link = &scheduler[me];
            swapcontext(&scheduler[me], &coroutine[i]);
        }
        step();
    }
    return NULL;
}
int main(void) {
    for (int i = 0; i < N; i++) {
        getcontext(&coroutine[i]);
        coroutine[i].uc_stack.ss_sp = malloc(65536);
        coroutine[i].uc_stack.ss_size = 65536;
        makecontext(&coroutine[i], (void (*)(void))body, 1, i);
    }
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(run, i);
    for (int i = 0; i < 3; i++) join(t[i]);
    printf("%lx\n", hash);
}
