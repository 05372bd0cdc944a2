// So many threads, all alive at once.
// build: -pthread
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static pthread_barrier_t everyone;
static void *work(void *start) {
    unsigned long x = (unsigned long)start;
    pthread_barrier_wait(&everyone);
    for (int i = 0; i < 10000; i++) x = x * 6364136223846793005ul + 1442695040888963407ul;
    return (void *)x;
}
int main(int argc, char **argv) {
    unsigned long count = atoi(argv[1]), sum = 0;
    pthread_t *threads = calloc(count + 1, sizeof *threads);
    pthread_barrier_init(&everyone, 0, count + 1);
    for (unsigned long i = 0; i < count; i++)
        if (pthread_create(&threads[i], 0, work, (void *)i)) return 1;
    pthread_barrier_wait(&everyone);
    for (unsigned long i = 0; i < count; i++) {
        void *result;
        pthread_join(threads[i], &result);
        sum ^= (unsigned long)result;
    }
    printf("%lu: %lx\n", count, sum);
}
