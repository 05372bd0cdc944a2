// Deferred cancellation: only at cancellation points, not while disabled; clean-up handlers run.
#include "thread.h"
static void clean(void *what) { printf("clean %s\n", (char *)what); }
static void *worker(void *mode) {
    int old;
    pthread_cleanup_push(clean, "outer");
    pthread_cleanup_push(clean, "inner");
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
    printf("was enabled %d\n", old == PTHREAD_CANCEL_ENABLE);
    step();
    await(2); // the request is pending now
    pthread_testcancel();
    puts("not while disabled");
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    long sum = 0;
    for (int i = 0; i < 1000; i++) sum += i * i; // no cancellation point
    printf("%ld\n", sum);
    if (mode) pthread_testcancel();
    else sleep(1000);
    puts("never");
    pthread_cleanup_pop(1);
    pthread_cleanup_pop(1);
    return NULL;
}
int main(void) {
    for (int mode = 0; mode < 2; mode++) {
        steps_ = 0;
        pthread_t t = start(worker, mode);
        await(1);
        PTRY(pthread_cancel(t));
        step();
        printf("%d\n", join(t) == (long)PTHREAD_CANCELED);
    }
}
