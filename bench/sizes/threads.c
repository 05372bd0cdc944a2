// Two threads that compute, so many rounds each.
// build: -pthread
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static long rounds;
static void *work(void *start) {
    unsigned long x = (unsigned long)start;
    for (long round = 0; round < rounds; round++)
        for (int i = 0; i < 1000000; i++) x ^= x << 13, x ^= x >> 7, x ^= x << 17, x += x & 1 ? 3 : 5;
    return (void *)x;
}
int main(int argc, char **argv) {
    rounds = atol(argv[1]);
    pthread_t threads[2];
    unsigned long sum = 0;
    for (long n = 0; n < 2; n++) pthread_create(&threads[n], 0, work, (void *)(n + 1));
    for (int n = 0; n < 2; n++) {
        void *result;
        pthread_join(threads[n], &result);
        sum += (unsigned long)result;
    }
    printf("%lx\n", sum);
}
