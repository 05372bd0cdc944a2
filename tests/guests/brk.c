// brk and sbrk grow and shrink; new pages are zero; the heap end behaves.
#include "guest.h"
int main(void) {
    puts("begin"); // now stdio has its memory
    char *start = sbrk(0);
    printf("aligned start or not: %d\n", start != (void *)-1);
    for (int i = 0; i < 50; i++) {
        char *old = sbrk(100000);
        old[0] = old[99999] = i;
    }
    printf("grown %ld\n", (char *)sbrk(0) - start);
    TRY(brk(start + PAGE * 3));
    printf("now %ld\n", (char *)sbrk(0) - start);
    start[PAGE * 2] = 7;
    TRY(brk(start));
    TRY(brk(start + PAGE * 4));
    int nonzero = 0;
    for (long i = 2 * PAGE; i < 4 * PAGE; i++) nonzero += start[i] != 0;
    printf("not zero: %d\n", nonzero);
    printf("%d\n", syscall(SYS_brk, 0) == (long)sbrk(0) || syscall(SYS_brk, 0) == syscall(SYS_brk, 0));
    printf("refused %d\n", syscall(SYS_brk, -1L) == syscall(SYS_brk, 0));
    printf("below start %d\n", syscall(SYS_brk, 4096) == syscall(SYS_brk, 0));
    char *big = sbrk(64 << 20);
    memset(big, 1, 64 << 20);
    printf("%d\n", big[(64 << 20) - 1]);
}
