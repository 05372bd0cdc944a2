// A pseudo-terminal: isatty, names, unlocking, defaults; what other files are not.
// warns: the last request is nobody's
#include "tty.h"
int main(void) {
    struct termios t = open_tty();
    printf("%d %d %d %d\n", isatty(master), isatty(slave), isatty(0), isatty(open("/dev/null", O_RDWR)));
    char name[64];
    TRY(ttyname_r(slave, name, sizeof name));
    printf("%d %d\n", !strncmp(name, "/dev/pts/", 9), !strcmp(name, ptsname(master)));
    printf("%x %x %x %x\n", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag);
    for (int i = 0; i < 17; i++) printf("%x ", t.c_cc[i]);
    printf("\n%d %d\n", cfgetispeed(&t) == B38400, cfgetospeed(&t) == B38400);
    int lock, number;
    TRY(ioctl(master, TIOCGPTLCK, &lock));
    TRY(ioctl(master, TIOCGPTN, &number));
    printf("%d %d\n", lock, number == atoi(name + 9));
    int other = posix_openpt(O_RDWR | O_NOCTTY);
    ioctl(other, TIOCGPTLCK, &lock);
    printf("%d\n", lock);
    TRY(open(ptsname(other), O_RDWR | O_NOCTTY));
    TRY(unlockpt(other));
    WORKS(open(ptsname(other), O_RDWR | O_NOCTTY));
    WORKS(ioctl(other, TIOCGPTPEER, O_RDWR | O_NOCTTY));
    TRY(tcgetattr(open("/dev/null", O_RDWR), &t));
    TRY(ioctl(slave, TIOCGPTN, &number));
    TRY(ioctl(slave, 0x5499, &number));
}
