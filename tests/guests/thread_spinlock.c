// A pthread spinlock, which no system call ever releases.
#include "thread.h"
static pthread_spinlock_t lock;
static long count;
static void *add(void *unused) {
    for (int i = 0; i < 2000; i++) {
        pthread_spin_lock(&lock);
        count += i;
        pthread_spin_unlock(&lock);
    }
    return NULL;
}
int main(void) {
    pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(add, i);
    for (int i = 0; i < 4; i++) join(t[i]);
    printf("%ld\n", count);
    PTRY(pthread_spin_lock(&lock));
    PTRY(pthread_spin_trylock(&lock));
}
