// Two threads take two locks in different orders. The main thread loses patience.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static pthread_mutex_t left = PTHREAD_MUTEX_INITIALIZER, right = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;

static void take(pthread_mutex_t *first, pthread_mutex_t *second) {
    pthread_mutex_lock(first);
    pthread_barrier_wait(&both);
    pthread_mutex_lock(second);
}

static void *leftist(void *arg) {
    take(&left, &right);
    return arg;
}

static void *rightist(void *arg) {
    take(&right, &left);
    return arg;
}

int main(void) {
    pthread_t a, b;
    struct timespec until;
    pthread_barrier_init(&both, NULL, 2);
    pthread_create(&a, NULL, leftist, NULL);
    // The sessions rely on who comes first.
    while (pthread_mutex_trylock(&left) == 0) {
        pthread_mutex_unlock(&left);
        sched_yield();
    }
    pthread_create(&b, NULL, rightist, NULL);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 300000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    if (pthread_timedjoin_np(a, NULL, &until))
        abort();
    return 0;
}
