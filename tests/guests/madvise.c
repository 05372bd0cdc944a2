// MADV_DONTNEED zeroes anonymous memory and rereads files; other advice is harmless.
#include "guest.h"
int main(void) {
    char *a = mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(a, 1, 4 * PAGE);
    TRY(madvise(a + PAGE, 2 * PAGE, MADV_DONTNEED));
    printf("%d %d %d %d\n", a[0], a[PAGE], a[2 * PAGE], a[3 * PAGE]);
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    write(fd, "original", 8);
    char *f = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    f[0] = 'X';
    printf("%.8s\n", f);
    madvise(f, PAGE, MADV_DONTNEED);
    printf("%.8s\n", f);
    pwrite(fd, "changed!", 8, 0);
    printf("%.8s\n", f);
    TRY(madvise(a, 4 * PAGE, MADV_WILLNEED));
    TRY(madvise(a, 4 * PAGE, MADV_SEQUENTIAL));
    TRY(madvise(a, 4 * PAGE, MADV_HUGEPAGE));
    TRY(madvise(a, 4 * PAGE, MADV_DONTFORK));
    TRY(madvise(a, 4 * PAGE, 12345));
    TRY(madvise(a + 1, PAGE, MADV_DONTNEED));
    memset(a, 2, 4 * PAGE);
    TRY(madvise(a, 4 * PAGE, MADV_FREE));
    int odd = 0; // each page is now either kept or zero
    for (int i = 0; i < 4; i++) odd += a[i * PAGE] != 0 && a[i * PAGE] != 2;
    printf("%d\n", odd);
}
