// Phases separated by a barrier; exactly one thread each time is told so.
#include "thread.h"
enum { N = 6, PHASES = 50 };
static pthread_barrier_t barrier;
static int values[2][N];
static _Atomic int serial;
static void *phase(void *n) {
    int me = NUMBER(n);
    for (int p = 0; p < PHASES; p++) {
        int *in = values[p % 2], *out = values[(p + 1) % 2];
        out[me] = in[me] + in[(me + 1) % N] * 3 % 1000 + p;
        serial += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
    }
    return NULL;
}
int main(void) {
    pthread_barrier_init(&barrier, NULL, N);
    pthread_t t[N];
    for (int i = 0; i < N; i++) values[0][i] = i;
    for (int i = 0; i < N; i++) t[i] = start(phase, i);
    for (int i = 0; i < N; i++) join(t[i]);
    for (int i = 0; i < N; i++) printf("%d ", values[0][i]);
    printf("%d\n", serial);
    PTRY(pthread_barrier_destroy(&barrier));
    PTRY(pthread_barrier_init(&barrier, NULL, 0));
}
