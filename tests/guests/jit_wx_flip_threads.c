// One thread flips a page W^X and compiles; others run what is published, under a lock.
#include "jit.h"
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static unsigned char *code;
static _Atomic int compiled;
static void *runs(void *unused) {
    int wrong = 0, last = 0;
    while (last < 200) {
        pthread_rwlock_rdlock(&lock);
        last = compiled;
        for (int i = 1; i <= last; i += 13) wrong += run(code + i * 16) != i * 3;
        pthread_rwlock_unlock(&lock);
        sched_yield();
    }
    return POINTER(wrong);
}
int main(void) {
    code = pages(1, RX);
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(runs, 0);
    for (int i = 1; i <= 200; i++) {
        pthread_rwlock_wrlock(&lock);
        mprotect(code, PAGE, RW);
        emit(code + i * 16, i * 3);
        mprotect(code, PAGE, RX);
        compiled = i;
        pthread_rwlock_unlock(&lock);
    }
    for (int i = 0; i < 3; i++) printf("%ld\n", join(t[i]));
}
