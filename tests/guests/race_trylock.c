// How often trylock fails while another thread holds and releases.
// nondeterministic: the schedule is the point
#include "thread.h"
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void *run(void *n) {
    long got = 0, missed = 0;
    gate(2);
    for (int i = 0; i < 200000; i++)
        if (pthread_mutex_trylock(&mutex)) missed++;
        else {
            for (volatile int work = 0; work < 100; work++) {}
            got++;
            pthread_mutex_unlock(&mutex);
        }
    printf("thread %d got %ld missed %ld\n", NUMBER(n), got, missed);
    return NULL;
}
int main(void) {
    pthread_t a = start(run, 1), b = start(run, 2);
    join(a), join(b);
}
