// A guest that closes every descriptor there could be, dup2s over them, and goes on working.
#include "guest.h"
int main(void) {
    int out = dup(1), odd = 0;
    for (int fd = 3; fd < 1100; fd++)
        if (fd != out && close(fd) == 0) odd++;
    printf("open before: %d\n", odd);
    for (int fd = 990; fd < 1024; fd++)
        if (dup2(1, fd) != fd) printf("dup2 to %d fails: %s\n", fd, strerrorname_np(errno));
    for (int fd = 1000; fd < 1024; fd++)
        if (write(fd, "", 0)) printf("write to %d fails\n", fd);
    TRY(dup2(1, 1 << 20));
    TRY(dup2(900, 5));
    for (int fd = 990; fd < 1024; fd++)
        if (close(fd)) printf("close of %d fails\n", fd);
    TRY(fcntl(1, F_DUPFD, 1010));
    TRY(fcntl(1, F_DUPFD_CLOEXEC, 500));
    TRY(fcntl(500, F_GETFD));
    TRY(fcntl(1, F_DUPFD, 1 << 21));
    write(1010, "through 1010\n", 13);
    TRY(dup3(1, 1011, O_CLOEXEC));
    int fd = open("/dev/null", O_RDONLY);
    printf("lowest free: %d\n", fd);
}
