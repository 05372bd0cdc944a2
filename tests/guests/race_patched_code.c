// A thread calls a function over and over that another rewrites: what it returned, as a history.
// nondeterministic: the schedule is the point
#include "thread.h"
static unsigned char *code;
static _Atomic int done;
static void *patches(void *unused) {
    gate(2);
    for (int i = 0; i < 3000; i++) {
        *(volatile int *)(code + 4) = i; // the aligned operand of mov
        for (volatile int work = 0; work < 100; work++) {}
    }
    done = 1;
    return NULL;
}
int main(void) {
    code = mmap(0, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(code, "\x0f\x1f\x00\xb8\0\0\0\0\xc3", 9);
    pthread_t t = start(patches, 0);
    gate(2);
    long calls = 0, changes = 0, last = -1;
    uint64_t hash = 0;
    while (!done) {
        int now = ((int (*)(void))code)();
        if (now != last) changes++, hash = hash * 31 + now + calls;
        last = now;
        calls++;
    }
    join(t);
    printf("%ld calls %ld changes %lx\n", calls, changes, hash);
}
