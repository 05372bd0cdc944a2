// A counter that a lock protects.
#include "../bug.h"
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long counter;
static void *count(void *arg) {
    for (int i = 0; i < 200; i++) {
        pthread_mutex_lock(&lock);
        counter++;
        pthread_mutex_unlock(&lock);
    }
    return 0;
}
int main(void) {
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = run(count, 0);
    for (int i = 0; i < 4; i++) join(t[i]);
    if (counter != 800) struck("the lock does not protect");
}
