// munmap, and other code mapped at the same address: by mmap, by MAP_FIXED, by mremap.
#include "guest.h"
static void put(unsigned char *at, int value) {
    memcpy(at, "\xb8\0\0\0\0\xc3", 6);
    *(int *)(at + 1) = value;
}
int main(void) {
    unsigned char *at = mmap(0, PAGE, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int (*function)(void) = (void *)at;
    for (int i = 0; i < 5; i++) {
        put(at, i);
        printf("%d ", function());
        munmap(at, PAGE);
        if (mmap(at, PAGE, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != at) return 1;
        put(at, i + 100);
        printf("%d ", function());
        mmap(at, PAGE, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        put(at, i + 200);
        printf("%d ", function());
        unsigned char *other = mmap(0, PAGE, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        put(other, i + 300);
        printf("%d ", ((int (*)(void))other)());
        mremap(other, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at);
        printf("%d ", function());
        madvise(at, PAGE, MADV_DONTNEED);
        put(at, i + 400);
        printf("%d\n", function());
    }
}
