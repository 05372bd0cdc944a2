// A fork while another thread counts and stores: what the child found of it.
// nondeterministic: the moment of the fork is the point
#include "thread.h"
#include <sys/wait.h>
static volatile long counter, table[1000];
static _Atomic int stop;
static void *count(void *unused) {
    while (!stop) counter++, table[counter % 1000] = counter;
    return NULL;
}
int main(void) {
    pthread_t t = start(count, 0);
    for (int i = 0; i < 5; i++) {
        while (counter < 1000) {}
        if (!fork()) {
            printf("child %d: %ld %lx\n", i, counter, hash_bytes((void *)table, sizeof table));
            _exit(0);
        }
        wait(NULL);
    }
    stop = 1;
    join(t);
    printf("%ld\n", counter);
}
