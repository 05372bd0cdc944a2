// An untouched page of a private file mapping shows what a shared mapping of the file writes.
#include "guest.h"
int main(void) {
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    write(fd, "hello", 5);
    char *private = mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    char *shared = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    puts(private);
    shared[0] = 'X';
    puts(private);
    pwrite(fd, "Y", 1, 1);
    puts(private);
}
