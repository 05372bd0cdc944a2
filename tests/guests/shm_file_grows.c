// A file grows with its mapping while another process maps it as well: what is written by calls and what was there
// before the mapping was longer is seen by both.
#include "proc.h"
static int fd;
static void put(int value, int page) {
    char bytes[PAGE];
    memset(bytes, value, PAGE);
    TRY(pwrite(fd, bytes, PAGE, page * PAGE));
}
static void pages(const char *who, const char *map, int count) {
    printf("%s:", who);
    for (int i = 0; i < count; i++) printf(" %d", *(volatile char *)(map + i * PAGE));
    printf("\n");
}
int main(void) {
    fd = open("file", O_RDWR | O_CREAT, 0600);
    for (int i = 0; i < 3; i++) put(1 + i, i);
    char *map = mmap(0, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    char *all = mmap(0, 40 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int to[2], back[2];
    char c;
    pipe(to), pipe(back);
    pid_t child = fork();
    if (!child) {
        while (read(to[0], &c, 1) == 1 && c) {
            pages("child", all, c);
            fflush(stdout);
            all[0]++;
            write(back[1], "", 1);
        }
        _exit(0);
    }
    for (int size = 5; size < 40; size += 7) {
        int old = size == 5 ? 3 : size - 7;
        TRY(ftruncate(fd, size * PAGE));
        put(size + 1, old); // the mapping ends there
        map = mremap(map, old * PAGE, size * PAGE, MREMAP_MAYMOVE);
        put(size + 2, 1);
        put(size, size - 1);
        pages("parent", map, size);
        fflush(stdout);
        c = size;
        write(to[1], &c, 1), read(back[0], &c, 1);
    }
    TRY(ftruncate(fd, 2 * PAGE + 100));
    TRY(ftruncate(fd, 8 * PAGE));
    pages("shorter", map, 8);
    c = 0;
    write(to[1], &c, 1);
    waitpid(child, 0, 0);
    unlink("file");
}
