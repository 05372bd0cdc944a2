// Time stamps and cycle counts taken by three threads, merged: who came before whom.
// nondeterministic: time itself
#include "thread.h"
static struct { uint64_t time, cycles; int who; } stamps[300];
static _Atomic int next;
static void *take(void *n) {
    gate(3);
    for (int i = 0; i < 100; i++) {
        int at = next++;
        struct timespec t = later(i % 2 ? CLOCK_MONOTONIC : CLOCK_REALTIME, 0);
        stamps[at].time = t.tv_sec * 1000000000 + t.tv_nsec;
        stamps[at].cycles = __builtin_ia32_rdtsc();
        stamps[at].who = NUMBER(n);
        if (i % 20 == 0) usleep(10);
    }
    return NULL;
}
int main(void) {
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(take, i);
    for (int i = 0; i < 3; i++) join(t[i]);
    for (int i = 0; i < 300; i += 10) printf("%d %lu %lu\n", stamps[i].who, stamps[i].time, stamps[i].cycles);
    printf("%lx\n", hash_bytes(stamps, sizeof stamps));
}
