// timedlock and clocklock: time out, or succeed when the owner lets go; bad times are errors.
#include "thread.h"
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void *holds(void *unused) {
    pthread_mutex_lock(&mutex);
    step();
    await(2);
    nap(5);
    pthread_mutex_unlock(&mutex);
    return NULL;
}
int main(void) {
    pthread_t t = start(holds, 0);
    await(1);
    struct timespec time = later(CLOCK_REALTIME, 5);
    PTRY(pthread_mutex_timedlock(&mutex, &time));
    PTRY(pthread_mutex_timedlock(&mutex, &time)); // long past
    time = later(CLOCK_MONOTONIC, 5);
    PTRY(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &time));
    PTRY(pthread_mutex_clocklock(&mutex, CLOCK_PROCESS_CPUTIME_ID, &time));
    time.tv_nsec = 1000000000;
    PTRY(pthread_mutex_timedlock(&mutex, &time));
    step();
    time = later(CLOCK_MONOTONIC, 20000);
    PTRY(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &time));
    PTRY(pthread_mutex_unlock(&mutex));
    join(t);
}
