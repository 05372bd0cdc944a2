// A crash in the middle of libc's memcpy, after most of it was copied.
// exit: signal SEGV
#include "guest.h"
int main(void) {
    char *a = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *b = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(a + (1 << 19), 1 << 19);
    puts("copying");
    memcpy(b, a, (1 << 19) + 100);
}
