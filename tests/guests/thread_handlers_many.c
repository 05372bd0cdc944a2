// The same handler runs in eight threads at once, each on its own stack; all meet inside it.
#include "thread.h"
static pthread_barrier_t barrier;
static __thread int me, depth;
static int seen[8];
static void handler(int sig, siginfo_t *info, void *context) {
    volatile int mine = me * 10; // on this thread's stack
    if (++depth == 1) raise(SIGUSR2);
    else pthread_barrier_wait(&barrier);
    seen[me] += mine + depth--;
}
static void *run(void *n) {
    me = NUMBER(n);
    pthread_kill(pthread_self(), SIGUSR1);
    return NULL;
}
int main(void) {
    handle(SIGUSR1, handler, 0);
    handle(SIGUSR2, handler, 0);
    pthread_barrier_init(&barrier, NULL, 8);
    pthread_t t[8];
    for (int i = 0; i < 8; i++) t[i] = start(run, i);
    for (int i = 0; i < 8; i++) join(t[i]), printf("%d ", seen[i]);
    puts("");
}
