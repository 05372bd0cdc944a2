// Forty gigabytes reserved without access, committed piecemeal by threads, decommitted again.
#include "thread.h"
static char *heap;
static const size_t SIZE = 40UL << 30;
static void *commits(void *n) {
    long sum = 0;
    for (int i = 0; i < 50; i++) {
        char *at = heap + (i * 4 + NUMBER(n)) * (150UL << 20);
        if (mprotect(at, 1 << 20, PROT_READ | PROT_WRITE)) return POINTER(-1);
        memset(at + 5000, i + 1, 3000);
        sum = sum * 3 % 1000003 + at[5000] + at[4999] + at[7999];
        if (i % 2) mmap(at, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    }
    return (void *)sum;
}
int main(void) {
    heap = WORKS(mmap(0, SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(commits, i);
    for (int i = 0; i < 4; i++) printf("%ld\n", join(t[i]));
    TRY(mprotect(heap, 4 << 20, PROT_READ));
    printf("%d %d\n", heap[6000], heap[3 << 20]);
    TRY(munmap(heap, SIZE));
}
