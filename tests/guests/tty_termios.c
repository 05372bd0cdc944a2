// Terminal settings by TCSETS and by termios2: each field is what was set; drained and flushed.
#include "tty.h"
struct settings2 { uint32_t iflag, oflag, cflag, lflag; uint8_t line, cc[19]; uint32_t ispeed, ospeed; };
int main(void) {
    struct termios t = open_tty(), back;
    t.c_iflag = IGNBRK | ISTRIP, t.c_oflag = OPOST | OLCUC, t.c_lflag = ICANON | ECHOE;
    t.c_cc[VERASE] = 'x', t.c_cc[VMIN] = 7;
    TRY(tcsetattr(slave, TCSANOW, &t));
    tcgetattr(master, &back);
    printf("%x %x %x %c %d\n", back.c_iflag, back.c_oflag, back.c_lflag, back.c_cc[VERASE], back.c_cc[VMIN]);
    cfsetspeed(&t, B9600);
    TRY(tcsetattr(slave, TCSADRAIN, &t));
    tcgetattr(slave, &back);
    printf("%d\n", cfgetospeed(&back) == B9600);
    struct settings2 two;
    TRY(ioctl(slave, 0x802c542a, &two)); // TCGETS2
    printf("%d %d %x\n", two.ispeed, two.ospeed, two.lflag);
    two.cflag = (two.cflag & ~0x100f) | 0x1000; // BOTHER: any speed
    two.ispeed = two.ospeed = 12345;
    TRY(ioctl(slave, 0x402c542b, &two)); // TCSETS2
    memset(&two, 0, sizeof two);
    ioctl(slave, 0x802c542a, &two);
    printf("%d %d\n", two.ispeed, two.ospeed);
    type("lost\n");
    ready(slave);
    TRY(tcsetattr(slave, TCSAFLUSH, &t));
    int waiting = -1;
    TRY(ioctl(slave, FIONREAD, &waiting));
    printf("%d\n", waiting);
    TRY(tcflush(slave, TCIOFLUSH));
    TRY(tcflush(slave, 77));
    TRY(tcdrain(slave));
    TRY(tcflow(slave, TCOON));
    TRY(tcsendbreak(slave, 0));
    TRY(ioctl(slave, TIOCOUTQ, &waiting));
    TRY(tcsetattr(0, TCSANOW, &t));
}
