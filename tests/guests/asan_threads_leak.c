// Threads under AddressSanitizer; at the end a leak is found while a thread still waits.
// sanitizer: address
// build: -pthread
// env: ASAN_OPTIONS=symbolize=0
// nondeterministic:
// exit: 1
#include "guest.h"
#include <pthread.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long total;
static void *work(void *arg) {
    for (long i = 0; i < 200; i++) {
        long *p = malloc(sizeof *p * (i + 1));
        p[i] = i;
        pthread_mutex_lock(&lock);
        total += p[i];
        pthread_mutex_unlock(&lock);
        free(p);
    }
    return NULL;
}
static void *wait_for_ever(void *arg) {
    volatile char *held = malloc(100);
    held[0] = 1;
    pause();
    return (void *)held;
}
int main(void) {
    pthread_t threads[4], waiter;
    pthread_create(&waiter, NULL, wait_for_ever, NULL);
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    volatile char *leak = malloc(1234);
    leak[0] = 1;
    leak = NULL;
    printf("%ld\n", total);
}
