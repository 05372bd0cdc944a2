// Threads start threads which start threads; the values come back up.
#include "thread.h"
static void *grow(void *depth) {
    if (!depth) return POINTER(1);
    pthread_t left = start(grow, NUMBER(depth) - 1), right = start(grow, NUMBER(depth) - 1);
    return (void *)(join(left) + join(right) + 1);
}
int main(void) { printf("%ld\n", join(start(grow, 6))); }
