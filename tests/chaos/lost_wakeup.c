// The flag is looked at without the lock: a signal between that and the wait is lost.
#include "bug.h"
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static volatile int ready;
static void *consumer(void *arg) {
    if (!ready) {
        pthread_mutex_lock(&lock);
        pthread_cond_wait(&cond, &lock);
        pthread_mutex_unlock(&lock);
    }
    return 0;
}
int main(void) {
    watchdog();
    pthread_t t = run(consumer, 0);
    work(20000);
    ready = 1;
    pthread_cond_signal(&cond);
    join(t);
}
