// Sixteen gigabytes of writable memory with MAP_NORESERVE, touched here and there by two threads.
#include "thread.h"
static char *memory;
static void *touches(void *n) {
    long sum = 0;
    for (uint64_t i = 0, at = NUMBER(n); i < 800; i++) {
        if (i == 400) at = NUMBER(n); // the same places again
        at = (at * 6364136223846793005 + 1442695040888963407) % (16UL << 30);
        sum += memory[at & ~1UL | NUMBER(n)]++;
    }
    return (void *)sum;
}
int main(void) {
    memory = mmap(0, 16UL << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    pthread_t a = start(touches, 0), b = start(touches, 1);
    printf("%ld\n", join(a));
    printf("%ld\n", join(b));
    TRY(madvise(memory, 16UL << 30, MADV_DONTNEED));
    printf("%d\n", memory[12345]);
}
