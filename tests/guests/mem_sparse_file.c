// A file with more holes than data is mapped: what is kept of it has each byte, and its offset stays.
#include "guest.h"

#define SIZE (1UL << 24)

static void look(int fd, off_t at, const char *what) {
    char *memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, at);
    printf("%s: %.5s, then %d\n", what, memory, memory[PAGE]);
    memory[0]++;
    munmap(memory, 2 * PAGE);
}

int main(void) {
    int fd = open("sparse", O_RDWR | O_CREAT, 0600);
    TRY(ftruncate(fd, SIZE));
    TRY(pwrite(fd, "begin", 5, 0));
    TRY(pwrite(fd, "amid!", 5, SIZE / 2));
    TRY(pwrite(fd, "end..", 5, SIZE - 2 * PAGE));
    TRY(lseek(fd, 77, SEEK_SET));
    look(fd, 0, "first");
    look(fd, SIZE / 2, "middle");
    look(fd, SIZE - 2 * PAGE, "last");
    TRY(lseek(fd, 0, SEEK_CUR));

    char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, SIZE / 2);
    memcpy(shared, "AMID", 4);
    TRY(pwrite(fd, "+", 1, SIZE / 2 + 4));
    printf("%.5s\n", shared);
    unlink("sparse");
}
