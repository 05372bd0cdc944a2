// So many threads at the same time.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static pthread_barrier_t all;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int count;
static void *works(void *unused) {
    pthread_barrier_wait(&all);
    pthread_mutex_lock(&mutex);
    count++;
    pthread_mutex_unlock(&mutex);
    return unused;
}
int main(int argc, char **argv) {
    int wanted = atoi(argc > 1 ? argv[1] : "10"), made = 0;
    pthread_t *threads = calloc(wanted, sizeof *threads);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    pthread_barrier_init(&all, NULL, wanted + 1);
    while (made < wanted) {
        int error = pthread_create(&threads[made], &attributes, works, NULL);
        if (error) return printf("%d: error %d\n", made, error), 1;
        made++;
    }
    pthread_barrier_wait(&all);
    for (int i = 0; i < made; i++) pthread_join(threads[i], NULL);
    printf("%d threads, %d\n", made, count);
}
