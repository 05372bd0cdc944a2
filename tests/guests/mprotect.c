// mprotect in all directions with a handler that opens pages on demand, as garbage collectors do.
#include "guest.h"
static char *heap;
static int faults;
static void segv(int sig, siginfo_t *info, void *context) {
    faults++;
    mprotect((void *)((long)info->si_addr & -PAGE), PAGE, PROT_READ | PROT_WRITE);
}
int main(void) {
    handle(SIGSEGV, segv, 0);
    heap = mmap(0, 100 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 100; i += round + 1) heap[i * PAGE + 5] += i;
        mprotect(heap, 100 * PAGE, round % 2 ? PROT_READ : PROT_NONE);
    }
    mprotect(heap, 100 * PAGE, PROT_READ);
    printf("%d faults, %lx\n", faults, hash_bytes(heap, 100 * PAGE));
    munmap(heap + 50 * PAGE, PAGE);
    TRY(mprotect(heap + 49 * PAGE, 3 * PAGE, PROT_READ));
    TRY(mprotect(heap + 1, PAGE, PROT_READ));
    TRY(mprotect(heap, PAGE, 0xffff));
}
