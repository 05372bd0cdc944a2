// The heap grows and shrinks in child and parent independently, by brk and by malloc.
#include "proc.h"
static uint64_t work(int seed) {
    char *blocks[300];
    uint64_t sum = seed;
    for (int i = 0; i < 300; i++) {
        int size = 100 + (i * seed * 7919) % 20000;
        blocks[i] = malloc(size);
        memset(blocks[i], i + seed, size);
    }
    for (int i = 0; i < 300; i += 2) free(blocks[i]);
    for (int i = 1; i < 300; i += 2) sum += hash_bytes(blocks[i], 100), free(blocks[i]);
    return sum;
}
int main(void) {
    puts("start"); // gets its buffer
    char *before;
    before = sbrk(10 * PAGE);
    memset(before, 'a', 10 * PAGE);
    Gate grown = gate();
    pid_t pid = CHILD({
        char *more = sbrk(100 * PAGE);
        printf("child goes on where the parent was: %d\n", more == before + 10 * PAGE);
        memset(more, 'b', 100 * PAGE);
        pass(grown);
        printf("child %lx\n", work(3));
        sbrk(-100 * PAGE);
        printf("child %c\n", before[10 * PAGE - 1]);
    });
    await(grown);
    reap("child", pid);
    printf("break unchanged: %d\n", sbrk(0) == before + 10 * PAGE);
    sbrk(PAGE);
    printf("fresh page is zero: %d\n", before[10 * PAGE]);
    printf("parent %lx\n", work(3));
}
