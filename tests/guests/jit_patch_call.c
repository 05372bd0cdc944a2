// The target of a call is patched between two functions while four threads go through it.
#include "jit.h"
static unsigned char *code;
static _Atomic int stop;
static void aim(int at) { __atomic_store_n((int *)(code + 4), at - 8, __ATOMIC_RELEASE); }
static void *runs(void *unused) {
    int wrong = 0, seen = 0;
    step();
    while (!stop) {
        int got = run(code);
        wrong += got != 111 && got != 222;
    }
    seen = run(code);
    return POINTER(wrong * 1000 + seen);
}
int main(void) {
    code = pages(1, RWX);
    memcpy(code, "\x0f\x1f\x00\xe8\0\0\0\0\xc3", 9); // nop; call; ret
    emit(code + 64, 111);
    emit(code + 128, 222);
    aim(64);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(runs, 0);
    await(4);
    for (int i = 0; i <= 200; i++) {
        aim(i % 2 ? 128 : 64);
        if (i % 40 == 0) sched_yield();
    }
    stop = 1;
    for (int i = 0; i < 4; i++) printf("%ld\n", join(t[i]));
}
