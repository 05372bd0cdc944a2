// Eight threads with names that count together, one after the other.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>

static pthread_barrier_t barrier;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t next = PTHREAD_COND_INITIALIZER;
static int turn = 1;
static int shared_counter;
static __thread int mine;

static void work(int number) {
    mine = number * 10;
    pthread_mutex_lock(&mutex);
    while (turn != number)
        pthread_cond_wait(&next, &mutex);
    shared_counter += number;
    turn++;
    pthread_cond_broadcast(&next);
    pthread_mutex_unlock(&mutex);
}

static void *run(void *arg) {
    int number = (int)(long)arg;
    char name[16];
    snprintf(name, sizeof name, "worker-%d", number);
    pthread_setname_np(pthread_self(), name);
    pthread_barrier_wait(&barrier);
    work(number);
    pthread_barrier_wait(&barrier);
    return NULL;
}

static void all_done(void) {
    printf("%d\n", shared_counter);
}

int main(void) {
    pthread_t threads[8];
    pthread_barrier_init(&barrier, NULL, 9);
    for (long i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, run, (void *)(i + 1));
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    all_done();
    return 0;
}
