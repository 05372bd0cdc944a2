// A shared file mapping and the file's own reads and writes see each other.
#include "guest.h"
int main(void) {
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    ftruncate(fd, 3 * PAGE);
    char *map = mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *other = mmap(0, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    char *private = mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    strcpy(map + PAGE - 5, "across the boundary");
    TRY(msync(map, 3 * PAGE, MS_SYNC));
    char buffer[64] = "";
    pread(fd, buffer, 19, PAGE - 5);
    puts(buffer);
    puts(other + PAGE - 5);
    for (int i = 0; i < 1000; i++) {
        char text[20];
        int n = sprintf(text, "%d", i);
        pwrite(fd, text, n + 1, i % 100 * 7);
        if (strcmp(map + i % 100 * 7, text)) printf("differs at %d\n", i);
        map[2 * PAGE + i] = i;
        if (pread(fd, buffer, 1, 2 * PAGE + i) != 1 || buffer[0] != (char)i) printf("read differs at %d\n", i);
    }
    private[0] = 'P';
    lseek(fd, 0, SEEK_SET);
    read(fd, buffer, 4);
    printf("%.3s %c %lx\n", buffer, private[0], hash_bytes(other, 3 * PAGE));
    int second = open("file", O_RDWR);
    write(second, "by another descriptor", 21);
    printf("%.21s\n", map);
    ftruncate(fd, PAGE / 2);
    printf("%d\n", map[PAGE / 2 + 3]);
}
