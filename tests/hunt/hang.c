// Two locks in two orders: a deadlock, if the threads meet.
#include <pthread.h>

static pthread_mutex_t from = PTHREAD_MUTEX_INITIALIZER, to = PTHREAD_MUTEX_INITIALIZER;
static volatile long work;

static void transfer(pthread_mutex_t *first, pthread_mutex_t *second) {
    pthread_mutex_lock(first);
    for (int i = 0; i < 50; i++) work++;
    pthread_mutex_lock(second);
    work++;
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
}

static void *there(void *unused) {
    (void)unused;
    for (int i = 0; i < 500; i++) transfer(&from, &to);
    return NULL;
}

static void *back(void *unused) {
    (void)unused;
    for (int i = 0; i < 500; i++) transfer(&to, &from);
    return NULL;
}

int main(void) {
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, there, NULL);
    pthread_create(&threads[1], NULL, back, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}
