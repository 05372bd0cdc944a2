// memfd_create, seals, mappings, and its name in /proc/self/fd.
#include "guest.h"
int main(void) {
    int fd = memfd_create("name", MFD_ALLOW_SEALING | MFD_CLOEXEC);
    TRY(ftruncate(fd, 2 * PAGE));
    char *map = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    strcpy(map, "shared memory");
    char buffer[40] = "", link[40], path[40];
    pread(fd, buffer, 13, 0);
    puts(buffer);
    sprintf(path, "/proc/self/fd/%d", fd);
    int n = readlink(path, link, sizeof link);
    printf("%.*s\n", n, link);
    TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    TRY(ftruncate(fd, 3 * PAGE));
    TRY(fcntl(fd, F_GET_SEALS));
    int again = open(path, O_RDONLY);
    read(again, buffer, 6);
    printf("%.6s\n", buffer);
}
