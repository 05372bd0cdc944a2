// Priority-inheriting mutexes: contended by eight threads, relocked, unlocked by a stranger.
#include "thread.h"
static pthread_mutex_t mutex;
static long count;
static void *add(void *unused) {
    for (int i = 0; i < 500; i++) {
        pthread_mutex_lock(&mutex);
        long seen = count;
        if (i % 100 == 0) sched_yield();
        count = seen + 1;
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}
static void *stranger(void *unused) {
    PTRY(pthread_mutex_trylock(&mutex));
    PTRY(pthread_mutex_unlock(&mutex));
    struct timespec soon = later(CLOCK_REALTIME, 10);
    PTRY(pthread_mutex_timedlock(&mutex, &soon));
    return NULL;
}
int main(void) {
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
    PTRY(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT));
    PTRY(pthread_mutex_init(&mutex, &attr));
    pthread_t t[8];
    for (int i = 0; i < 8; i++) t[i] = start(add, i);
    for (int i = 0; i < 8; i++) join(t[i]);
    printf("%ld\n", count);
    PTRY(pthread_mutex_lock(&mutex));
    PTRY(pthread_mutex_lock(&mutex));
    join(start(stranger, 0));
    PTRY(pthread_mutex_unlock(&mutex));
}
