// A memfd's seals: write, shrink, grow, future writes; with mappings that stand in the way.
#include "thread.h"
int main(void) {
    int fd = memfd_create("sealed", MFD_ALLOW_SEALING | MFD_CLOEXEC);
    ftruncate(fd, 2 * PAGE);
    char *view = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    strcpy(view, "content");
    TRY(fcntl(fd, F_GET_SEALS));
    TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE)); // while mapped writable
    TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK));
    TRY(ftruncate(fd, PAGE));
    TRY(ftruncate(fd, 3 * PAGE));
    TRY(pwrite(fd, "x", 1, 2 * PAGE));
    TRY(fcntl(fd, F_ADD_SEALS, 0x10)); // F_SEAL_FUTURE_WRITE
    TRY(pwrite(fd, "x", 1, 0));
    view[0] = 'C';
    WORKS(mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    char *copy = WORKS(mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    puts(copy);
    munmap(view, PAGE);
    TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL));
    view = WORKS(mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0));
    TRY(mprotect(view, PAGE, PROT_READ | PROT_WRITE));
    TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    TRY(fcntl(fd, F_GET_SEALS));
    TRY(fcntl(memfd_create("plain", 0), F_GET_SEALS));
    TRY(fcntl(memfd_create("plain", 0), F_ADD_SEALS, F_SEAL_WRITE));
    TRY(fcntl(0, F_GET_SEALS));
}
