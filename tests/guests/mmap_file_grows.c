// A file grows, then its shared read-only mapping, as a database does; what is written to the file is seen there.
#include "guest.h"
static void show(const char *p, int pages) {
    for (int i = 0; i < pages; i++) printf(" %d", p[i * PAGE]);
    printf("\n");
}
int main(void) {
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    char page[PAGE];
    memset(page, 1, PAGE);
    for (int i = 0; i < 3; i++) TRY(pwrite(fd, page, PAGE, i * PAGE));
    char *p = mmap(0, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    show(p, 3);
    for (int size = 5; size < 60; size += 7) {
        TRY(ftruncate(fd, size * PAGE));
        p = mremap(p, (size == 5 ? 3 : size - 7) * PAGE, size * PAGE, MREMAP_MAYMOVE);
        memset(page, size, PAGE);
        TRY(pwrite(fd, page, PAGE, 0));
        TRY(pwrite(fd, page, PAGE, (size - 2) * PAGE));
        TRY(pwrite(fd, page, PAGE, (size - 1) * PAGE));
        show(p, size);
    }
    // Longer than the file: made so afterwards.
    p = mremap(p, 54 * PAGE, 70 * PAGE, MREMAP_MAYMOVE);
    TRY(ftruncate(fd, 70 * PAGE));
    TRY(pwrite(fd, page, PAGE, 69 * PAGE));
    show(p, 70);
    unlink("file");
}
