// Both ends' closing as the other sees it: EIO, end of file, poll's hang-up; packet mode; TIOCSTI.
#include "tty.h"
static int revents(int fd) {
    struct pollfd p = {fd, POLLIN | POLLOUT | POLLPRI};
    poll(&p, 1, 0);
    return p.revents;
}
int main(void) {
    open_tty();
    char name[64];
    strcpy(name, ptsname(master));
    printf("%x\n", revents(master));
    close(slave);
    printf("%x\n", revents(master));
    show("no slave", master);
    slave = open(name, O_RDWR | O_NOCTTY);
    printf("%x\n", revents(master));
    TRY(ioctl(master, TIOCPKT, &(int){1}));
    write(slave, "packet", 6);
    show("data", master);
    tcflush(slave, TCIFLUSH);
    printf("%x\n", revents(master));
    show("flushed", master);
    TRY(ioctl(master, TIOCPKT, &(int){0}));
    int sti = ioctl(slave, TIOCSTI, "s"); // allowed for the privileged, or by a setting
    printf("TIOCSTI %d\n", sti == 0 || errno == EPERM || errno == EIO);
    close(master);
    printf("%x\n", revents(slave));
    show("no master", slave);
    TRY(write(slave, "x", 1));
    TRY(tcgetattr(slave, &(struct termios){0}));
}
