// A collector stops the world, but a thread that comes back from outside looks for that before it says that
// it is back.
#include "bug.h"
static volatile int stopping, inside, moved;
static int heap[2] = {7, 7};
static int *volatile object = heap;
static void *mutator(void *arg) {
    for (int i = 0; i < 200; i++) {
        while (stopping) sched_yield();
        inside = 1;
        int *o = object;
        for (int k = 0; k < 3; k++)
            if (*o != 7) struck("an object moves while it is used");
        inside = 0;
    }
    return 0;
}
static void *collector(void *arg) {
    for (int i = 0; i < 20; i++) {
        stopping = 1;
        while (inside) sched_yield();
        int *from = object, *to = from == heap ? heap + 1 : heap;
        *to = *from;
        object = to;
        *from = -1;
        stopping = 0;
        work(100);
    }
    return 0;
}
int main(void) {
    pthread_t a = run(mutator, 0), b = run(collector, 0);
    join(a), join(b);
}
