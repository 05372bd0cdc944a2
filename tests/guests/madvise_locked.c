// Locked memory is not discarded by MADV_DONTNEED, but by MADV_DONTNEED_LOCKED.
#include "guest.h"
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif

int main(void) {
    char *map = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(map, 1, 4 * PAGE);
    TRY(mlock(map, 2 * PAGE));
    TRY(madvise(map, 2 * PAGE, MADV_DONTNEED));
    printf("%d %d %d %d\n", map[0], map[PAGE], map[2 * PAGE], map[3 * PAGE]);
    TRY(madvise(map + PAGE, 2 * PAGE, MADV_DONTNEED_LOCKED));
    printf("%d %d %d %d\n", map[0], map[PAGE], map[2 * PAGE], map[3 * PAGE]);
}
