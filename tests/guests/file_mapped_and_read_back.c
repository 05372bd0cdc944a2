// Reading a file into its own mapping, writing a mapping to its own file.
#include "guest.h"
int main(void) {
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    for (int i = 0; i < 2048; i++) write(fd, &i, 4);
    int *map = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    TRY(pread(fd, map + 1024, PAGE, 0));
    printf("%d %d\n", map[1024], map[2047]);
    TRY(pwrite(fd, map + 100, 400, 0));
    printf("%d %d %d\n", map[0], map[99], map[100]);
    TRY(pread(fd, (char *)map + 2, 100, 0));
    printf("%lx\n", hash_bytes(map, 2 * PAGE));
}
