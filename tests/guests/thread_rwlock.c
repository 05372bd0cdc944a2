// A read-write lock: readers share, a writer excludes, and tries by others fail.
#include "thread.h"
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int a, b, torn;
static void *reader(void *unused) {
    for (int i = 0; i < 300; i++) {
        pthread_rwlock_rdlock(&lock);
        torn += a != b;
        pthread_rwlock_unlock(&lock);
    }
    return NULL;
}
static void *writer(void *unused) {
    for (int i = 0; i < 300; i++) {
        pthread_rwlock_wrlock(&lock);
        a++;
        if (i % 50 == 0) sched_yield();
        b++;
        pthread_rwlock_unlock(&lock);
    }
    return NULL;
}
static void *tries(void *unused) {
    PTRY(pthread_rwlock_tryrdlock(&lock));
    PTRY(pthread_rwlock_trywrlock(&lock));
    struct timespec soon = later(CLOCK_REALTIME, 5);
    PTRY(pthread_rwlock_timedwrlock(&lock, &soon));
    return NULL;
}
int main(void) {
    pthread_t t[8];
    for (int i = 0; i < 8; i++) t[i] = start(i % 3 ? reader : writer, i);
    for (int i = 0; i < 8; i++) join(t[i]);
    printf("%d %d torn %d\n", a, b, torn);
    PTRY(pthread_rwlock_wrlock(&lock));
    join(start(tries, 0));
    PTRY(pthread_rwlock_rdlock(&lock));
    PTRY(pthread_rwlock_unlock(&lock));
    PTRY(pthread_rwlock_rdlock(&lock));
    join(start(tries, 0));
}
