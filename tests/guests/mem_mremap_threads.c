// Threads grow, move and shrink blocks of their own with mremap at the same time.
#include "thread.h"
static void *moves(void *n) {
    size_t size = PAGE;
    int *block = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    gate(4);
    for (int i = 0; i < 150; i++) {
        size_t new = PAGE * (1 + (i * 7 + NUMBER(n)) % 40);
        block = mremap(block, size, new, MREMAP_MAYMOVE);
        if (block == MAP_FAILED) return POINTER(-1);
        if (new > size) block[size / 4] = i + NUMBER(n) * 1000;
        size = new;
    }
    return (void *)hash_bytes(block, PAGE * 2 < size ? PAGE * 2 : size);
}
int main(void) {
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(moves, i);
    for (int i = 0; i < 4; i++) printf("%lx\n", join(t[i]));
}
