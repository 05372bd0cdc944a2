// The main thread leaves with pthread_exit; the others go on, and the last one ends the process.
#include "thread.h"
static void at_exit(void) { puts("at exit"); }
static void *second(void *unused) {
    nap(5);
    puts("the second is the last");
    return NULL;
}
static void *first(void *main_thread) {
    printf("joined main: %ld\n", join((pthread_t)main_thread));
    printf("pid still there: %d\n", kill(getpid(), 0));
    start(second, 0);
    return NULL;
}
int main(void) {
    atexit(at_exit);
    start(first, (intptr_t)pthread_self());
    pthread_exit(POINTER(33));
}
