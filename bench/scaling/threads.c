// So many threads, one after another.
// build: -pthread
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static void *work(void *start) {
    unsigned long x = (unsigned long)start;
    for (int i = 0; i < 10000; i++) x = x * 6364136223846793005ul + 1442695040888963407ul;
    return (void *)x;
}
int main(int argc, char **argv) {
    unsigned long count = atoi(argv[1]), sum = 0;
    for (unsigned long i = 0; i < count; i++) {
        pthread_t thread;
        void *result;
        if (pthread_create(&thread, 0, work, (void *)i) || pthread_join(thread, &result)) return 1;
        sum ^= (unsigned long)result;
    }
    printf("%lu: %lx\n", count, sum);
}
