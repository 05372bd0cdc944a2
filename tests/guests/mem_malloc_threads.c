// Blocks allocated in one thread, resized in a second, freed in a third.
#include "thread.h"
static char *_Atomic first[500], *_Atomic second[500];
static void *resizes(void *unused) {
    for (int i = 0; i < 500; i++) {
        while (!first[i]) sched_yield();
        second[i] = realloc(first[i], 10 + i * 37 % 3000);
    }
    return NULL;
}
static void *frees(void *unused) {
    uint64_t hash = 0;
    for (int i = 0; i < 500; i++) {
        while (!second[i]) sched_yield();
        hash = hash * 31 + hash_bytes(second[i], 10);
        free(second[i]);
    }
    return (void *)hash;
}
int main(void) {
    pthread_t a = start(resizes, 0), b = start(frees, 0);
    for (int i = 0; i < 500; i++) first[i] = memset(malloc(10 + i * 101 % 2000), i, 10);
    join(a);
    printf("%lx\n", join(b));
}
