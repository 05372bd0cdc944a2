// Threads race in mmap and munmap: who got whose address is part of the result.
// nondeterministic: the schedule is the point
#include "thread.h"
static void *base;
static void *map(void *n) {
    uint64_t hash = 0;
    gate(3);
    for (int i = 0; i < 300; i++) {
        size_t size = (1 + (i + NUMBER(n)) % 5) * PAGE;
        int *at = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        hash = hash * 31 + (base - (void *)at) / PAGE + *at;
        *at = i;
        if (i % 3 == 0) munmap((char *)at + (size -= PAGE), PAGE);
        if (size) munmap(at, size);
    }
    return (void *)hash;
}
int main(void) {
    base = mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(map, i);
    for (int i = 0; i < 3; i++) printf("%lx\n", join(t[i]));
}
