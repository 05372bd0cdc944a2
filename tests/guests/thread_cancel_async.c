// Asynchronous cancellation of a thread that computes without any call.
#include "thread.h"
static volatile unsigned long spins;
static void clean(void *unused) { puts("cleaned"); }
static void *computes(void *unused) {
    int old;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
    printf("was deferred %d\n", old == PTHREAD_CANCEL_DEFERRED);
    pthread_cleanup_push(clean, NULL);
    step();
    for (;;) spins++;
    pthread_cleanup_pop(0);
}
int main(void) {
    for (int i = 0; i < 3; i++) {
        steps_ = 0;
        pthread_t t = start(computes, 0);
        await(1);
        nap(2);
        int error = pthread_cancel(t);
        printf("%d\n", join(t) == (long)PTHREAD_CANCELED);
        printf("%d\n", error);
    }
    printf("%d\n", spins > 0);
}
