// group: threads
// goal: conditions
// build: -pthread
#include <pthread.h>
#include <stdio.h>
enum { PAIRS = 2, ITEMS = 500000, SIZE = 32 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER, not_empty = PTHREAD_COND_INITIALIZER;
static unsigned long queue[SIZE], used, head, sum;
static void *produce(void *start) {
    unsigned long x = (unsigned long)start;
    for (int i = 0; i < ITEMS; i++) {
        x = x * 6364136223846793005ul + 1442695040888963407ul;
        pthread_mutex_lock(&mutex);
        while (used == SIZE) pthread_cond_wait(&not_full, &mutex);
        queue[(head + used++) % SIZE] = x >> 40;
        pthread_cond_signal(&not_empty);
        pthread_mutex_unlock(&mutex);
    }
    return 0;
}
static void *consume(void *unused) {
    unsigned long own = 0;
    for (int i = 0; i < ITEMS; i++) {
        pthread_mutex_lock(&mutex);
        while (!used) pthread_cond_wait(&not_empty, &mutex);
        own += queue[head++ % SIZE];
        used--;
        pthread_cond_signal(&not_full);
        pthread_mutex_unlock(&mutex);
    }
    pthread_mutex_lock(&mutex);
    sum += own;
    pthread_mutex_unlock(&mutex);
    return 0;
}
int main(void) {
    pthread_t threads[2 * PAIRS];
    for (long n = 0; n < PAIRS; n++) {
        pthread_create(&threads[2 * n], 0, produce, (void *)(n + 1));
        pthread_create(&threads[2 * n + 1], 0, consume, 0);
    }
    for (int n = 0; n < 2 * PAIRS; n++) pthread_join(threads[n], 0);
    printf("%lu\n", sum);
}
