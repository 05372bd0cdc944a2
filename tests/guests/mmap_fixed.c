// MAP_FIXED over existing mappings, MAP_FIXED_NOREPLACE, hints, holes, errors.
#include "guest.h"
int main(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS, rw = PROT_READ | PROT_WRITE;
    char *a = mmap(0, 8 * PAGE, rw, flags, -1, 0);
    memset(a, 'a', 8 * PAGE);
    printf("%d\n", mmap(a + 2 * PAGE, 2 * PAGE, rw, flags | MAP_FIXED, -1, 0) == a + 2 * PAGE);
    printf("%d %d %d %d\n", a[2 * PAGE - 1], a[2 * PAGE], a[4 * PAGE - 1], a[4 * PAGE]);
    TRY((long)mmap(a + PAGE, PAGE, rw, flags | MAP_FIXED_NOREPLACE, -1, 0));
    munmap(a + 5 * PAGE, PAGE);
    printf("%d\n", mmap(a + 5 * PAGE, PAGE, rw, flags | MAP_FIXED_NOREPLACE, -1, 0) == a + 5 * PAGE);
    munmap(a + 5 * PAGE, PAGE);
    printf("hint taken %d\n", mmap(a + 5 * PAGE, PAGE, rw, flags, -1, 0) == a + 5 * PAGE);
    printf("hint in use, elsewhere %d\n", mmap(a, PAGE, rw, flags, -1, 0) != a);
    TRY((long)mmap(a, 0, rw, flags, -1, 0));
    TRY((long)mmap(a + 1, PAGE, rw, flags | MAP_FIXED, -1, 0));
    TRY((long)mmap(0, PAGE, rw, 0, -1, 0));
    TRY((long)mmap(0, PAGE, rw, MAP_PRIVATE, -1, 0));
    TRY((long)mmap(0, 1UL << 62, rw, flags, -1, 0));
    TRY(munmap(a + 1, PAGE));
    TRY(munmap(a, 100 * PAGE * 0));
    char *tall = (void *)0x200000000000;
    printf("far away %d\n", mmap(tall, PAGE, rw, flags | MAP_FIXED_NOREPLACE, -1, 0) == tall);
    *tall = 1;
    char *low = (void *)0x20000000;
    printf("low %d\n", mmap(low, PAGE, rw, flags | MAP_FIXED, -1, 0) == low);
    *low = 2;
    printf("%d\n", *tall + *low);
}
