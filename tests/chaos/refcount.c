// References are counted without atomicity: the object is freed early, twice, or never.
#include "bug.h"
static volatile int references = 2;
static atomic_int freed;
static void *owner(void *arg) {
    for (int i = 0; i < 50; i++) {
        references++;
        work(3);
        if (--references == 0) freed++;
    }
    if (--references == 0) freed++;
    return 0;
}
int main(void) {
    pthread_t a = run(owner, 0), b = run(owner, 0);
    join(a), join(b);
    if (freed != 1) struck(freed ? "freed twice" : "never freed");
}
