// ThreadSanitizer: threads with locks and atomics, no race.
// sanitizer: thread
// build: -pthread
// timeout: 60
#include "guest.h"
#include <pthread.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static int total, next;
static void *work(void *arg) {
    for (int i = 0; i < 100; i++) {
        pthread_mutex_lock(&lock);
        while (next != (int)(intptr_t)arg) pthread_cond_wait(&turn, &lock);
        next = (next + 1) % 3;
        total += i;
        pthread_cond_broadcast(&turn);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}
int main(void) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, work, (void *)(intptr_t)i);
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    printf("%d\n", total);
}
