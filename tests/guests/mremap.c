// What mremap can do: grow in place or move, fixed targets, DONTUNMAP, shrink, fail.
#include "guest.h"
int main(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS, rw = PROT_READ | PROT_WRITE;
    char *a = mmap(0, 4 * PAGE, rw, flags, -1, 0);
    for (int i = 0; i < 4; i++) a[i * PAGE] = i + 1;
    mmap(a + 4 * PAGE, PAGE, PROT_NONE, flags, -1, 0);
    char *b = mremap(a, 4 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
    printf("%d %d %d %d\n", b[0], b[PAGE], b[3 * PAGE], b[63 * PAGE]);
    char *room = mmap(0, 8 * PAGE, PROT_NONE, flags, -1, 0);
    char *c = mremap(b, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + PAGE);
    printf("%d %d %d\n", c == room + PAGE, c[0], c[3 * PAGE]);
    char *d = mremap(c, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
    printf("%d %d %d\n", d != c, d[0], c[0]);
    printf("%d\n", mremap(d, 4 * PAGE, PAGE, 0) == d);
    unsigned char vec;
    TRY(mincore(d + PAGE, PAGE, &vec));
    TRY((long)mremap(d, PAGE, 1UL << 50, 0));
    TRY((long)mremap((void *)0x123, PAGE, PAGE, 0));
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    ftruncate(fd, 8 * PAGE);
    pwrite(fd, "tail", 4, 7 * PAGE);
    char *f = mmap(0, PAGE, rw, MAP_SHARED, fd, 0);
    f = mremap(f, PAGE, 8 * PAGE, MREMAP_MAYMOVE);
    printf("%.4s\n", f + 7 * PAGE);
    f[3 * PAGE] = 'x';
    char x = 0;
    pread(fd, &x, 1, 3 * PAGE);
    printf("%c\n", x);
    char *g = mremap(f, 0, 8 * PAGE, MREMAP_MAYMOVE); // a second mapping of the same pages
    g[0] = 'y';
    printf("%c\n", f[0]);
}
