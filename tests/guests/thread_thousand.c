// A thousand threads with small stacks, all alive at once.
// timeout: 120
#include "thread.h"
static pthread_barrier_t barrier;
static void *meet(void *n) {
    pthread_barrier_wait(&barrier);
    return POINTER(NUMBER(n) * 3);
}
int main(void) {
    enum { N = 1000 };
    pthread_t t[N];
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    PTRY(pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN));
    pthread_barrier_init(&barrier, NULL, N + 1);
    int failed = 0;
    for (long i = 0; i < N; i++) failed += pthread_create(t + i, &attr, meet, (void *)i) != 0;
    printf("failed %d\n", failed);
    pthread_barrier_wait(&barrier);
    long sum = 0;
    for (int i = 0; i < N; i++) sum += join(t[i]);
    printf("%ld\n", sum);
}
