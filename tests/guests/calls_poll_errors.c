// Polling and selecting: errors, and which bytes are written, also when they fail.
#include "calls.h"
#include <poll.h>
#include <sys/resource.h>
#include <time.h>

int main(void) {
    int pipes[2], idle[2];
    pipe(pipes), pipe(idle);
    write(pipes[1], "x", 1);
    fresh();
    struct pollfd *fds = A(0);
    struct timespec *time = A(512);
    fds[0] = (struct pollfd){pipes[0], POLLIN, 0x7777};
    fds[1] = (struct pollfd){77, POLLIN, 0x7777};
    fds[2] = (struct pollfd){-1, POLLIN, 0x7777};
    fds[3] = (struct pollfd){1000, POLLIN | POLLOUT, 0x7777};
    fds[4] = (struct pollfd){1003, POLLIN | POLLOUT, 0x7777};
    CALL(poll, fds, 5, 0);
    CALL(poll, fds, 5, 10);
    CALL(poll, BAD, 1, 0);
    CALL(poll, fds, 2000000000, 0);
    CALL(poll, END(8), 2, 0);
    CALL(poll, 0, 0, 0);
    fds[0].fd = idle[0];
    CALL(poll, fds, 1, 1);
    *time = (struct timespec){0, -1};
    CALL(ppoll, fds, 1, time, 0, 8);
    *time = (struct timespec){5, 0};
    fds[0].fd = pipes[0];
    FILL(ppoll, fds, 1, time, 0, 8);
    *time = (struct timespec){0, 0};
    CALL(ppoll, fds, 1, time, BAD, 8);
    CALL(ppoll, fds, 1, time, A(600), 7);
    CALL(ppoll, fds, 1, BAD, 0, 8);
    fresh();
    unsigned long *set = A(0);
    struct timeval *left = A(512);
    *left = (struct timeval){0, 0};
    *set = 1UL << pipes[0] | 1UL << idle[0];
    CALL(select, idle[1] + 1, set, 0, 0, left);
    *set = 1UL << idle[0];
    CALL(select, idle[1] + 1, set, 0, 0, left);
    *set = 1UL << 60;
    CALL(select, 64, set, 0, 0, left);
    CALL(select, -1, set, 0, 0, left);
    CALL(select, 64, BAD, 0, 0, left);
    CALL(select, 64, 0, END(4), 0, left);
    *left = (struct timeval){-1, 0};
    CALL(select, 0, 0, 0, 0, left);
    CALL(select, 0, 0, 0, 0, BAD);
    *left = (struct timeval){3, 0};
    *set = 1UL << pipes[0];
    FILL(select, 64, set, 0, 0, left);
    memset(A(64), 0, 256);
    // The engine's descriptors are not there.
    ((unsigned char *)A(64))[125] = 1 << 3;
    *left = (struct timeval){0, 0};
    CALL(select, 1024, A(64), 0, 0, left);
    *time = (struct timespec){0, -1};
    CALL(pselect6, 64, 0, 0, 0, time, 0);
    *time = (struct timespec){0, 0};
    uint64_t mask[2] = {(uint64_t)A(700), 7};
    CALL(pselect6, 64, 0, 0, 0, time, mask);
    mask[0] = 0x10, mask[1] = 8;
    CALL(pselect6, 64, 0, 0, 0, time, mask);
    CALL(pselect6, 64, 0, 0, 0, time, BAD);
    *set = 1UL << pipes[0];
    CALL(pselect6, 64, set, 0, 0, time, 0);
    CALL(pselect6, 64, BAD, 0, 0, time, 0);
}
