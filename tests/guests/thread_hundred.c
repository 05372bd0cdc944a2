// A hundred threads count under one mutex.
#include "thread.h"
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long count, sum;
static void *add(void *n) {
    for (int i = 0; i < 200; i++) {
        pthread_mutex_lock(&mutex);
        count++;
        sum += NUMBER(n) * i;
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}
int main(void) {
    pthread_t t[100];
    for (int i = 0; i < 100; i++) t[i] = start(add, i);
    for (int i = 0; i < 100; i++) join(t[i]);
    printf("%ld %ld\n", count, sum);
}
