// Which of six waiters a signal of the condition wakes, and in which order a broadcast lets them go.
// nondeterministic: the schedule is the point
#include "thread.h"
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int tokens, total, quit;
static char order[200];
static void *waits(void *n) {
    pthread_mutex_lock(&mutex);
    while (!quit) {
        while (!tokens && !quit) pthread_cond_wait(&cond, &mutex);
        if (tokens) tokens--, order[total++] = '0' + NUMBER(n);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}
int main(void) {
    pthread_t t[6];
    for (int i = 0; i < 6; i++) t[i] = start(waits, i);
    for (int i = 0; total < 100; i++) {
        pthread_mutex_lock(&mutex);
        tokens = i % 4;
        if (i % 2) pthread_cond_signal(&cond);
        else pthread_cond_broadcast(&cond);
        pthread_mutex_unlock(&mutex);
        if (i % 10 == 0) usleep(100);
    }
    pthread_mutex_lock(&mutex);
    quit = 1;
    pthread_cond_broadcast(&cond);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < 6; i++) join(t[i]);
    puts(order);
}
