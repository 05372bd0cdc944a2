// mincore of a range with a hole fails, but has written what it found before the hole.
#include "guest.h"

int main(void) {
    char *map = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(map, 1, 4 * PAGE);
    munmap(map + 4 * PAGE, PAGE);
    unsigned char present[8];
    memset(present, 0x40, sizeof present);
    TRY(mincore(map, 8 * PAGE, present));
    for (int i = 0; i < 8; i++) printf("%d", present[i] & 0x41);
    puts("");
    memset(present, 0x40, sizeof present);
    TRY(mincore(map, 4 * PAGE, present));
    for (int i = 0; i < 8; i++) printf("%d", present[i] & 0x41);
    puts("");
}
