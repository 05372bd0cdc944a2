// A work-stealing deque: how much each of three thieves got.
// nondeterministic: the schedule is the point
#include "thread.h"
enum { N = 300000 };
static _Atomic long top, bottom;
static int items[N];
static _Atomic int finished;
static long take(void) {
    long b = atomic_fetch_sub(&bottom, 1) - 1, t = top;
    if (t < b) return items[b];
    long item = t == b && atomic_compare_exchange_strong(&top, &t, t + 1) ? items[b] : -1;
    bottom = b + 1;
    return item;
}
static void *steal(void *unused) {
    long sum = 0;
    gate(4);
    while (!finished) {
        long t = top;
        if (t >= bottom) continue;
        long item = items[t];
        if (atomic_compare_exchange_strong(&top, &t, t + 1)) sum = sum * 3 + item;
    }
    return (void *)sum;
}
int main(void) {
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(steal, 0);
    long own = 0, item;
    gate(4);
    for (int i = 0; i < N; i++) {
        items[bottom] = i;
        bottom++;
        if (i % 3 == 0 && (item = take()) >= 0) own = own * 3 + item;
    }
    while (top < bottom)
        if ((item = take()) >= 0) own = own * 3 + item;
    finished = 1;
    for (int i = 0; i < 3; i++) printf("thief %lx\n", join(t[i]));
    printf("own %lx\n", own);
}
