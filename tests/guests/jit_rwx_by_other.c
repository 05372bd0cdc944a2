// Code in a writable and executable region is changed by another thread between two calls.
#include "jit.h"
static unsigned char *code;
static void *writes(void *unused) {
    for (int i = 0; i < 300; i++) {
        await(i * 2 + 1);
        emit(code, i * i);
        step();
    }
    return NULL;
}
int main(void) {
    code = pages(1, RWX);
    emit(code, -1);
    pthread_t t = start(writes, 0);
    uint64_t hash = 0;
    for (int i = 0; i < 300; i++) {
        hash = hash * 31 + run(code);
        step();
        await(i * 2 + 2);
    }
    join(t);
    printf("%lx %d\n", hash, run(code));
}
