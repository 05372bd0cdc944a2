// group: threads
// goal: mutex
// build: -pthread
#include <pthread.h>
#include <stdio.h>
enum { THREADS = 4, ROUNDS = 6000000 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned long shared;
static void *work(void *start) {
    unsigned long x = (unsigned long)start, own = 0;
    for (int i = 0; i < ROUNDS; i++) {
        for (int k = 0; k < 20; k++) x = x * 6364136223846793005ul + 1442695040888963407ul, own ^= x >> 33;
        pthread_mutex_lock(&mutex);
        shared += own & 0xffff;
        pthread_mutex_unlock(&mutex);
    }
    return (void *)own;
}
int main(void) {
    pthread_t threads[THREADS];
    for (long n = 0; n < THREADS; n++) pthread_create(&threads[n], 0, work, (void *)(n + 1));
    for (int n = 0; n < THREADS; n++) pthread_join(threads[n], 0);
    printf("%lu\n", shared);
}
