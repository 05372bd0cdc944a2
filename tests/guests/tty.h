/* What guests of terminals need: a pseudo-terminal in a known state. */
#pragma once
#include "thread.h"
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master, slave;
static inline struct termios open_tty(void) {
    struct termios t;
    if (openpty(&master, &slave, NULL, NULL, &(struct winsize){24, 80})) perror("openpty");
    tcgetattr(slave, &t);
    return t;
}
/* Prints bytes, control characters in hexadecimal. */
static inline void print(const char *what, const unsigned char *bytes, long n) {
    printf("%s: %ld '", what, n);
    for (int i = 0; i < n; i++) printf(bytes[i] < 32 || bytes[i] > 126 ? "<%02x>" : "%c", bytes[i]);
    puts("'");
}
/* One read. */
static inline void show(const char *what, int fd) {
    unsigned char bytes[200];
    long got = read(fd, bytes, sizeof bytes);
    if (got < 0) printf("%s: %s\n", what, strerrorname_np(errno));
    else print(what, bytes, got);
}
/* As many reads as it takes: the kernel carries bytes from one end to the other in portions. */
static inline void show_exactly(const char *what, int fd, long n) {
    unsigned char bytes[200];
    long got = 0, more;
    while (got < n && (more = read(fd, bytes + got, n - got)) > 0) got += more;
    print(what, bytes, got);
}
/* Waits until what was typed has arrived. */
static inline void ready(int fd) { poll(&(struct pollfd){fd, POLLIN}, 1, 20000); }
static inline void type(const char *text) { write(master, text, strlen(text)); }
