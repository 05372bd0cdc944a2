// Dekker's idea without fences: how often do both threads see the other's old value?
// nondeterministic: the schedule is the point
#include "thread.h"
static volatile int x, y, seen[2];
static pthread_barrier_t barrier;
static void *run(void *me) {
    for (int i = 0; i < 500; i++) {
        pthread_barrier_wait(&barrier);
        if (me) x = 1, seen[1] = y;
        else y = 1, seen[0] = x;
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}
int main(void) {
    pthread_barrier_init(&barrier, NULL, 3);
    pthread_t a = start(run, 0), b = start(run, 1);
    int counts[4] = {0};
    for (int i = 0; i < 500; i++) {
        x = y = 0;
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        counts[seen[0] * 2 + seen[1]]++;
    }
    join(a), join(b);
    printf("neither %d, one %d, other %d, both %d\n", counts[0], counts[1], counts[2], counts[3]);
}
