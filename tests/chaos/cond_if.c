// A consumer does not look again after its wait: another one may have been faster.
#include "bug.h"
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int items, ended;
static void *consumer(void *arg) {
    for (int i = 0; i < 5; i++) {
        pthread_mutex_lock(&lock);
        if (!items && !ended) pthread_cond_wait(&cond, &lock);
        if (!items && !ended) struck("nothing to take");
        if (items) items--;
        pthread_mutex_unlock(&lock);
    }
    return 0;
}
int main(void) {
    watchdog();
    pthread_t a = run(consumer, 0), b = run(consumer, 0);
    usleep(1000);
    for (int i = 0; i < 10; i++) {
        pthread_mutex_lock(&lock);
        items++;
        pthread_mutex_unlock(&lock);
        pthread_cond_signal(&cond);
        usleep(100);
    }
    pthread_mutex_lock(&lock);
    ended = 1;
    pthread_cond_broadcast(&cond);
    pthread_mutex_unlock(&lock);
    join(a), join(b);
}
