// The process exits while four threads do nothing but start others.
#include "thread.h"
static void *nothing(void *unused) { return NULL; }
static void *starts(void *unused) {
    for (;;) {
        pthread_t t;
        if (!pthread_create(&t, NULL, nothing, NULL)) pthread_join(t, NULL);
    }
}
int main(void) {
    for (int i = 0; i < 4; i++) start(starts, 0);
    nap(20);
    puts("enough");
    _exit(0);
}
