// A barrier is opened before it is set back: who comes to it again meanwhile is counted for the old round.
#include "bug.h"
static volatile int arrived, round_number;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void barrier(void) {
    int now = round_number;
    pthread_mutex_lock(&lock);
    int last = ++arrived == 2;
    pthread_mutex_unlock(&lock);
    if (last) {
        round_number = now + 1;
        arrived = 0;
    } else {
        while (round_number == now) sched_yield();
    }
}
static void *worker(void *arg) {
    for (int i = 1; i <= 20; i++) barrier();
    return 0;
}
int main(void) {
    watchdog();
    pthread_t a = run(worker, (void *)0), b = run(worker, (void *)1);
    join(a), join(b);
}
