// Twenty threads wait for one broadcast, many rounds.
#include "thread.h"
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t go = PTHREAD_COND_INITIALIZER, all_in = PTHREAD_COND_INITIALIZER;
static int round_, waiting, sum;
static void *worker(void *n) {
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < 30; i++) {
        if (++waiting == 20) pthread_cond_signal(&all_in);
        while (round_ == i) pthread_cond_wait(&go, &mutex);
        sum += NUMBER(n) * i;
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}
int main(void) {
    pthread_t t[20];
    for (int i = 0; i < 20; i++) t[i] = start(worker, i);
    for (int i = 0; i < 30; i++) {
        pthread_mutex_lock(&mutex);
        while (waiting < 20) pthread_cond_wait(&all_in, &mutex);
        waiting = 0;
        round_++;
        pthread_cond_broadcast(&go);
        pthread_mutex_unlock(&mutex);
    }
    for (int i = 0; i < 20; i++) join(t[i]);
    printf("%d\n", sum);
}
