// A deadline depends on a lock whose owner may have to wait for somebody who computes.
#include "bug.h"
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t begun;
static void *low(void *arg) {
    pthread_mutex_lock(&lock);
    sem_post(&begun);
    work(1000);
    pthread_mutex_unlock(&lock);
    return 0;
}
static void *medium(void *arg) {
    work(20000000);
    return 0;
}
int main(void) {
    sem_init(&begun, 0, 0);
    pthread_t a = run(low, 0);
    sem_wait(&begun);
    pthread_t b = run(medium, 0);
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_nsec += 20000000;
    if (limit.tv_nsec >= 1000000000) limit.tv_sec++, limit.tv_nsec -= 1000000000;
    if (pthread_mutex_timedlock(&lock, &limit)) struck("the deadline is missed");
    pthread_mutex_unlock(&lock);
    join(a), join(b);
}
