// A bounded buffer of semaphores: producers and consumers; trywait, timedwait, overflow.
#include "thread.h"
static sem_t empty, full, mutex;
static int buffer[5], in, out;
static void *produce(void *n) {
    for (int i = 0; i < 100; i++) {
        sem_wait(&empty);
        sem_wait(&mutex);
        buffer[in++ % 5] = NUMBER(n) * 1000 + i;
        sem_post(&mutex);
        sem_post(&full);
    }
    return NULL;
}
static void *consume(void *unused) {
    long sum = 0;
    for (int i = 0; i < 100; i++) {
        sem_wait(&full);
        sem_wait(&mutex);
        sum += buffer[out++ % 5];
        sem_post(&mutex);
        sem_post(&empty);
    }
    return (void *)sum;
}
int main(void) {
    sem_init(&empty, 0, 5), sem_init(&full, 0, 0), sem_init(&mutex, 0, 1);
    pthread_t p[3], c[3];
    for (int i = 0; i < 3; i++) p[i] = start(produce, i), c[i] = start(consume, 0);
    long sum = 0;
    for (int i = 0; i < 3; i++) join(p[i]), sum += join(c[i]);
    printf("%ld\n", sum);
    int value;
    sem_getvalue(&empty, &value);
    printf("%d\n", value);
    TRY(sem_trywait(&full));
    struct timespec soon = later(CLOCK_REALTIME, 5);
    TRY(sem_timedwait(&full, &soon));
    sem_init(&full, 0, 0x7fffffff);
    TRY(sem_post(&full));
    TRY(sem_init(&full, 0, 0x80000000));
}
