// MAP_GROWSDOWN memory grows when touched below its start.
#include "guest.h"
int main(void) {
    char *room = mmap(0, 512 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(room, 512 * PAGE);
    char *top = room + 510 * PAGE;
    char *p = mmap(top, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
    printf("%d\n", p == top);
    for (int i = 0; i < 100; i++) *(volatile char *)(top - i * PAGE) = i;
    printf("%d %d\n", top[-50 * (long)PAGE], top[0]);
}
