// Four threads generate and run code of their own, in neighbouring parts of the same pages.
#include "jit.h"
static unsigned char *code;
static void *generates(void *n) {
    unsigned char *mine = code + NUMBER(n) * 512;
    long sum = 0;
    gate(4);
    for (int i = 0; i < 400; i++) {
        unsigned char *at = mine + i % 5 * 100;
        emit(at, i * 4 + NUMBER(n));
        sum = sum * 3 % 1000003 + run(at);
        if (i % 50 == 0) sched_yield();
    }
    return (void *)sum;
}
int main(void) {
    code = pages(1, RWX);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(generates, i);
    for (int i = 0; i < 4; i++) printf("%ld\n", join(t[i]));
}
