// Three hundred threads, each with mappings and allocations of its own, all at once.
// timeout: 60
#include "thread.h"
enum { N = 300 };
static pthread_barrier_t barrier;
static void *works(void *n) {
    char *arena = mmap(0, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int p = 0; p < 64; p += 9) arena[p * PAGE] = NUMBER(n);
    char *blocks[20];
    for (int i = 0; i < 20; i++) blocks[i] = memset(malloc(50 + i * 100), NUMBER(n), 50 + i * 100);
    pthread_barrier_wait(&barrier);
    long wrong = 0;
    for (int p = 0; p < 64; p += 9) wrong += arena[p * PAGE] != (char)NUMBER(n);
    for (int i = 0; i < 20; i++) wrong += blocks[i][i * 100] != (char)NUMBER(n), free(blocks[i]);
    munmap(arena, 64 * PAGE);
    return (void *)wrong;
}
int main(void) {
    pthread_t t[N];
    pthread_barrier_init(&barrier, NULL, N);
    for (int i = 0; i < N; i++) t[i] = start(works, i);
    long wrong = 0;
    for (int i = 0; i < N; i++) wrong += join(t[i]);
    printf("%ld\n", wrong);
}
