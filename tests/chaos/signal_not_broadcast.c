// One condition for two kinds of waiters: a signal may wake the wrong one.
#include "bug.h"
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int full;
static const int rounds = 1;
static void *producer(void *arg) {
    for (int i = 0; i < rounds; i++) {
        pthread_mutex_lock(&lock);
        while (full) pthread_cond_wait(&cond, &lock);
        full = 1;
        pthread_cond_signal(&cond);
        pthread_mutex_unlock(&lock);
    }
    return 0;
}
static void *consumer(void *arg) {
    for (int i = 0; i < rounds; i++) {
        pthread_mutex_lock(&lock);
        while (!full) pthread_cond_wait(&cond, &lock);
        full = 0;
        pthread_cond_signal(&cond);
        pthread_mutex_unlock(&lock);
    }
    return 0;
}
int main(void) {
    watchdog();
    pthread_t t[4] = {run(producer, 0), run(producer, 0), run(consumer, 0), run(consumer, 0)};
    for (int i = 0; i < 4; i++) join(t[i]);
}
