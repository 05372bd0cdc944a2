// The order in which six threads take one mutex.
// nondeterministic: the schedule is the point
#include "thread.h"
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char order[6 * 30 + 1];
static int next;
static void *take(void *n) {
    gate(6);
    for (int i = 0; i < 30; i++) {
        pthread_mutex_lock(&mutex);
        order[next++] = 'a' + NUMBER(n);
        for (volatile int work = 0; work < 20000; work++) {}
        pthread_mutex_unlock(&mutex);
        if (i % 7 == NUMBER(n)) sched_yield();
    }
    return NULL;
}
int main(void) {
    pthread_t t[6];
    for (int i = 0; i < 6; i++) t[i] = start(take, i);
    for (int i = 0; i < 6; i++) join(t[i]);
    puts(order);
}
