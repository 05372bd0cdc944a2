// Parts of a file's shared mapping are unmapped, replaced, moved, doubled; what is written to the file is seen in
// what is left, and nowhere else.
#include "guest.h"
enum { PAGES = 8 };
static int fd;
static void fill(int value) {
    char page[PAGE];
    memset(page, value, PAGE);
    for (int i = 0; i < PAGES; i++) {
        page[0] = value + i;
        TRY(pwrite(fd, page, PAGE, i * PAGE));
    }
}
static void show(const char *what, char **pages, int n) {
    printf("%s:", what);
    for (int i = 0; i < n; i++) printf(" %d", pages[i] ? *(volatile char *)pages[i] : -1);
    printf("\n");
}
int main(void) {
    fd = open("file", O_RDWR | O_CREAT, 0600);
    fill(1);
    char *room = mmap(0, 4 * PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int shared = MAP_SHARED | MAP_FIXED, rw = PROT_READ | PROT_WRITE;
    char *p = mmap(room, PAGES * PAGE, rw, shared, fd, 0), *at[PAGES + 3];
    for (int i = 0; i < PAGES; i++) at[i] = p + i * PAGE;
    show("mapped", at, PAGES);
    // A hole, and other memory in another place.
    TRY(munmap(at[2], PAGE));
    at[2] = 0;
    mmap(at[4], PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    fill(21);
    show("cut", at, PAGES);
    *at[4] = 77;
    // The last two move away, and a part of what was there is something else now.
    char *to = room + 2 * PAGES * PAGE;
    WORKS(mremap(at[6], 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
    mmap(at[6], PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    at[8] = to;
    at[9] = to + PAGE;
    at[7] = 0;
    fill(41);
    show("moved", at, 10);
    // A second view, and the first one becomes shorter.
    char *twin = to + 4 * PAGE;
    WORKS(mremap(p, 0, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, twin) == twin);
    WORKS(mremap(p, 2 * PAGE, PAGE, 0) == p);
    mmap(p + PAGE, PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    at[7] = twin;
    at[10] = twin + PAGE;
    fill(61);
    show("doubled", at, 11);
    *twin = 5;
    show("written", at, 11);
    unlink("file");
}
