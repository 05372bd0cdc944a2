// How often a thread spins on a plain flag until another sets it, ten times.
// nondeterministic: the schedule is the point
#include "thread.h"
static volatile int flag;
static void *set(void *unused) {
    for (int i = 1; i <= 10; i++) {
        for (volatile int work = 0; work < 5000 * i; work++) {}
        flag = i;
    }
    return NULL;
}
int main(void) {
    pthread_t t = start(set, 0);
    for (int i = 1; i <= 10; i++) {
        unsigned long spins = 0;
        while (flag < i) spins++;
        printf("%d after %lu, at %d\n", i, spins, flag);
    }
    join(t);
}
