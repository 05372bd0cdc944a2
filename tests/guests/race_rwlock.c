// Readers and writers of a rwlock log who comes when.
// nondeterministic: the schedule is the point
#include "thread.h"
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static char log_[1000];
static _Atomic int next, readers;
static void *read_(void *n) {
    gate(6);
    for (int i = 0; i < 25; i++) {
        pthread_rwlock_rdlock(&lock);
        for (volatile int work = 0; work < 10000; work++) {}
        log_[next++] = 'a' + readers++;
        if (i % 3 == 0) sched_yield();
        readers--;
        pthread_rwlock_unlock(&lock);
    }
    return NULL;
}
static void *write_(void *n) {
    gate(6);
    for (int i = 0; i < 25; i++) {
        pthread_rwlock_wrlock(&lock);
        for (volatile int work = 0; work < 10000; work++) {}
        log_[next++] = readers ? '!' : 'A' + NUMBER(n);
        if (i % 5 == 0) sched_yield();
        pthread_rwlock_unlock(&lock);
    }
    return NULL;
}
int main(void) {
    pthread_t t[6];
    for (int i = 0; i < 6; i++) t[i] = start(i % 3 ? read_ : write_, i);
    for (int i = 0; i < 6; i++) join(t[i]);
    puts(log_);
}
