// Mappings with hints all over the address space, as virtual machines try them: each is made, and keeps
// its contents beside code that calls through pointers.
// no-memory-check:
#include "guest.h"
#include <sys/mman.h>
static int one(void) { return 1; }
static int two(void) { return 2; }
int main(void) {
    enum { SIZE = 64 << 20, MAX = 600 };
    static char *pieces[MAX];
    int (*volatile functions[])(void) = {one, two};
    int count = 0, sum = 0;
    // From 512 MiB on, by quarters more each time: low memory, the first 64 GiB, and far behind.
    for (uint64_t at = 0x20000000; at < 0x7f0000000000; at += at / 16 & ~4095ul) {
        char *p = mmap((void *)at, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED) { puts("failed"); continue; }
        p[0] = p[SIZE / 2] = count + 1;
        pieces[count++] = p;
    }
    for (int i = 0; i < 1000; i++) sum += functions[i % 2]();
    for (int i = 0; i < count; i++) sum += pieces[i][0] == (char)(i + 1) && pieces[i][SIZE / 2] == (char)(i + 1);
    printf("%d %d\n", count, sum);
    for (int i = 0; i < count; i++) munmap(pieces[i], SIZE);
}
