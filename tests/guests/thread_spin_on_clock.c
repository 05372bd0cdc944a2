// Spins until the clock has advanced, and until another thread has seen that.
#include "thread.h"
static _Atomic int flag;
static void *watch(void *unused) {
    struct timespec end = later(CLOCK_MONOTONIC, 3), now;
    do clock_gettime(CLOCK_MONOTONIC, &now);
    while (now.tv_sec < end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
    flag = 1;
    return NULL;
}
int main(void) {
    pthread_t t = start(watch, 0);
    struct timespec last = {0}, now;
    int backwards = 0;
    while (!flag) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        backwards += now.tv_sec < last.tv_sec || (now.tv_sec == last.tv_sec && now.tv_nsec < last.tv_nsec);
        last = now;
    }
    join(t);
    printf("backwards %d\n", backwards);
}
