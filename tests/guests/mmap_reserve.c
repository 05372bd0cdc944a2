// 40 GiB reserved without access, committed and released piece by piece, as allocators do.
#include "guest.h"
static sigjmp_buf back;
static void segv(int sig) { siglongjmp(back, 1); }
int main(void) {
    signal(SIGSEGV, segv);
    size_t size = 40UL << 30;
    char *p = mmap(0, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    printf("reserved %d\n", p != MAP_FAILED);
    for (int i = 0; i < 40; i++) {
        char *piece = p + i * (1UL << 30);
        if (mprotect(piece, 16 * PAGE, PROT_READ | PROT_WRITE)) perror("mprotect");
        memset(piece, i, 16 * PAGE);
    }
    if (sigsetjmp(back, 1)) puts("not committed: fault");
    else p[17 * PAGE] = 1;
    long sum = 0;
    for (int i = 0; i < 40; i++) sum += p[i * (1UL << 30) + 5 * PAGE];
    madvise(p, 16 * PAGE, MADV_DONTNEED);
    mmap(p + (1UL << 30), 16 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    if (sigsetjmp(back, 1)) puts("released: fault");
    else p[1UL << 30] = 1;
    printf("%ld %d\n", sum, p[100]);
    TRY(munmap(p, size));
}
