// A lock-free stack with tagged pointers: the order in which four threads get its nodes.
// nondeterministic: the schedule is the point
#include "thread.h"
static struct node { int next, value; } nodes[64];
static _Atomic uint64_t head; // tag and index
static int pop(void) {
    uint64_t old = head;
    for (;;) {
        if (!(uint32_t)old) return 0;
        uint64_t new = ((old >> 32) + 1) << 32 | nodes[(uint32_t)old].next;
        if (atomic_compare_exchange_weak(&head, &old, new)) return (uint32_t)old;
    }
}
static void push(int n) {
    uint64_t old = head;
    do nodes[n].next = (uint32_t)old;
    while (!atomic_compare_exchange_weak(&head, &old, ((old >> 32) + 1) << 32 | n));
}
static void *shuffle(void *n) {
    uint64_t hash = 0;
    gate(4);
    for (int i = 0; i < 100000; i++) {
        int a = pop(), b = pop();
        hash = hash * 31 + a * 64 + b;
        if (a) push(a);
        if (b) push(b);
    }
    return (void *)hash;
}
int main(void) {
    pthread_t t[4];
    for (int i = 1; i < 64; i++) push(i);
    for (int i = 0; i < 4; i++) t[i] = start(shuffle, i);
    for (int i = 0; i < 4; i++) printf("%lx\n", join(t[i]));
    int left = 0;
    while (pop()) left++;
    printf("%d\n", left);
}
