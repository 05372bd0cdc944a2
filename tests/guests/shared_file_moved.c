// A file's mapping that was moved, lengthened or cut shows what is written to the file later, and what was
// written before where it was not mapped yet.
#include "guest.h"
static int fd;
/* Writes to a page of the file, and shows where it should appear. */
static void change(const char *seen, int page) {
    static int n;
    char text[16];
    pwrite(fd, text, sprintf(text, "change %d", ++n), page * PAGE);
    printf("%.8s\n", seen);
}
int main(void) {
    fd = open("file", O_RDWR | O_CREAT, 0600);
    ftruncate(fd, 1000);
    char *map = mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    ftruncate(fd, 3 * PAGE);
    pwrite(fd, "not mapped yet", 14, 2 * PAGE);
    char *room = mmap(0, 8 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    map = mremap(map, PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room);
    puts(map + 2 * PAGE);
    change(map, 0);
    change(map + PAGE, 1);
    munmap(map, PAGE);
    change(map + PAGE, 1);
    munmap(map + 2 * PAGE, PAGE);
    change(map + PAGE, 1);
    map = mremap(map + PAGE, PAGE, 2 * PAGE, 0);
    change(map + PAGE, 2);
    map = mremap(map, 2 * PAGE, PAGE, 0);
    change(map, 1);
    char *other = mremap(map, 0, 2 * PAGE, MREMAP_MAYMOVE);
    change(other + PAGE, 2);
    change(map, 1);
    change(other, 1);
}
