// Two locks, taken in either order.
#include "bug.h"
static pthread_mutex_t from = PTHREAD_MUTEX_INITIALIZER, to = PTHREAD_MUTEX_INITIALIZER;
static void transfer(pthread_mutex_t *first, pthread_mutex_t *second) {
    for (int i = 0; i < 20; i++) {
        pthread_mutex_lock(first);
        work(10);
        pthread_mutex_lock(second);
        work(10);
        pthread_mutex_unlock(second);
        pthread_mutex_unlock(first);
    }
}
static void *there(void *arg) { return transfer(&from, &to), NULL; }
static void *back(void *arg) { return transfer(&to, &from), NULL; }
int main(void) {
    watchdog();
    pthread_t a = run(there, 0), b = run(back, 0);
    join(a), join(b);
}
