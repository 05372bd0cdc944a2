// Conditions waited for with time limits of both clocks: timed out, past, and signalled in time.
#include "thread.h"
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER, monotonic;
static int ready;
static void *signaller(void *unused) {
    pthread_mutex_lock(&mutex);
    ready = 1;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    return NULL;
}
int main(void) {
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    PTRY(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC));
    pthread_cond_init(&monotonic, &attr);
    pthread_mutex_lock(&mutex);
    struct timespec end = later(CLOCK_REALTIME, 5), now;
    int error;
    while (!(error = pthread_cond_timedwait(&cond, &mutex, &end))) {} // may wake for nothing
    printf("%s\n", strerrorname_np(error));
    clock_gettime(CLOCK_REALTIME, &now);
    printf("early %d\n", now.tv_sec * 1000000000L + now.tv_nsec < end.tv_sec * 1000000000L + end.tv_nsec);
    PTRY(pthread_cond_timedwait(&cond, &mutex, &end));
    end = later(CLOCK_MONOTONIC, 5);
    while (!(error = pthread_cond_timedwait(&monotonic, &mutex, &end))) {}
    printf("%s\n", strerrorname_np(error));
    PTRY(pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &end));
    pthread_t t = start(signaller, 0);
    end = later(CLOCK_REALTIME, 20000);
    while (!ready) PTRY(pthread_cond_timedwait(&cond, &mutex, &end));
    pthread_mutex_unlock(&mutex);
    join(t);
}
