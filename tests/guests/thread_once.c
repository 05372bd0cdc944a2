// pthread_once runs once, the others wait for it; a cancelled run is made again.
#include "thread.h"
static pthread_once_t once = PTHREAD_ONCE_INIT, again = PTHREAD_ONCE_INIT;
static _Atomic int runs, attempts;
static int value;
static void slow(void) {
    runs++;
    nap(5);
    value = 42;
}
static void cancelled_once(void) {
    if (attempts++ == 0) {
        step();
        for (;;) pause();
    }
}
static void *asks(void *unused) {
    pthread_once(&once, slow);
    return POINTER(value);
}
static void *hangs(void *unused) {
    pthread_once(&again, cancelled_once);
    return NULL;
}
int main(void) {
    pthread_t t[10];
    for (int i = 0; i < 10; i++) t[i] = start(asks, 0);
    for (int i = 0; i < 10; i++) printf("%ld ", join(t[i]));
    printf("runs %d\n", runs);
    t[0] = start(hangs, 0);
    await(1);
    pthread_cancel(t[0]);
    printf("%d\n", join(t[0]) == (long)PTHREAD_CANCELED);
    printf("%ld\n", join(start(hangs, 0)));
    printf("attempts %d\n", attempts);
}
