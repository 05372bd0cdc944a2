// Known ioctls, one on the wrong kind of file, and numbers nobody knows.
// warns: unknown requests are recorded with a warning
#include "guest.h"
#include <sys/ioctl.h>
#include <termios.h>
int main(void) {
    int fds[2], n = -1;
    pipe(fds);
    write(fds[1], "abc", 3);
    TRY(ioctl(fds[0], FIONREAD, &n));
    printf("%d\n", n);
    TRY(ioctl(fds[0], FIONBIO, &(int){1}));
    TRY(fcntl(fds[0], F_GETFL) & O_NONBLOCK);
    struct winsize size;
    TRY(ioctl(fds[0], TIOCGWINSZ, &size));
    TRY(ioctl(fds[0], 0x12345678, &n));
    TRY(ioctl(fds[0], _IOWR('z', 99, char[64]), &(char[64]){0}));
    TRY(ioctl(999, FIONREAD, &n));
    TRY(isatty(0) || isatty(fds[0]));
    int fd = open("/dev/null", O_RDWR);
    TRY(ioctl(fd, TCGETS, &(struct termios){0}));
    TRY(ioctl(fd, FIOCLEX));
    TRY(fcntl(fd, F_GETFD));
}
