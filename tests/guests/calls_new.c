// Calls of the last years: openat2, close_range, cachestat, futex2, mseal and others.
#include "calls.h"
#include <sys/uio.h>

struct how {
    uint64_t flags, mode, resolve;
};

static void opening(void) {
    struct how *how = A(0);
    memset(A(0), 0, 64);
    *how = (struct how){O_RDONLY};
    int fd = CALL(openat2, AT_FDCWD, "file", how, 24);
    CALL(openat2, AT_FDCWD, "file", how, 8);
    CALL(openat2, AT_FDCWD, "file", how, 64);
    memset(A(24), 1, 8);
    CALL(openat2, AT_FDCWD, "file", how, 32);
    CALL(openat2, AT_FDCWD, "file", BAD, 24);
    CALL(openat2, AT_FDCWD, BAD, how, 24);
    how->mode = 0600;
    CALL(openat2, AT_FDCWD, "file", how, 24);
    *how = (struct how){1UL << 40};
    CALL(openat2, AT_FDCWD, "file", how, 24);
    *how = (struct how){O_RDONLY, 0, 0x7777};
    CALL(openat2, AT_FDCWD, "file", how, 24);
    *how = (struct how){O_RDONLY, 0, 8};
    CALL(openat2, AT_FDCWD, "../file", how, 24);
    CALL(openat2, AT_FDCWD, "/etc", how, 24);
    *how = (struct how){O_RDONLY, 0, 4};
    CALL(openat2, AT_FDCWD, "link", how, 24);
    *how = (struct how){O_RDONLY, 0, 1};
    CALL(openat2, AT_FDCWD, "/proc/self/status", how, 24);
    *how = (struct how){O_RDONLY, 0, 2};
    CALL(openat2, AT_FDCWD, "/proc/self/exe", how, 24);
    *how = (struct how){O_CREAT | O_RDWR, 0600, 0x20};
    CALL(openat2, AT_FDCWD, "file", how, 24);
    struct {
        uint64_t offset, length;
    } *range = A(128);
    fresh();
    range->offset = 0, range->length = 0;
    FILL(cachestat, fd, range, A(256), 0);
    CALL(cachestat, fd, range, A(256), 77);
    CALL(cachestat, fd, BAD, A(256), 0);
    CALL(cachestat, fd, range, BAD, 0);
    CALL(cachestat, 77, range, A(256), 0);
}

struct waiter {
    uint64_t value, address;
    uint32_t flags, reserved;
};

static void futexes(void) {
    static uint32_t word = 5;
    struct timespec past = {0, 1}, wrong = {0, -1};
    struct waiter waiters[2] = {{5, (uint64_t)&word, 2 | 128}, {6, (uint64_t)&word, 2 | 128}};
    CALL(futex_wake, &word, -1, 1, 2 | 128);
    CALL(futex_wake, &word, -1, 1, 0x77);
    CALL(futex_wake, &word, 0, 1, 2 | 128);
    CALL(futex_wake, BAD, -1, 1, 2 | 128);
    CALL(futex_wake, (char *)&word + 1, -1, 1, 2 | 128);
    CALL(futex_wait, &word, 6, -1, 2 | 128, 0, 1);
    CALL(futex_wait, &word, 5, 0, 2 | 128, 0, 1);
    CALL(futex_wait, &word, 5, -1, 2 | 128, &wrong, 1);
    CALL(futex_wait, &word, 5, -1, 2 | 128, &past, 1);
    CALL(futex_wait, &word, 5, -1, 2 | 128, &past, 77);
    CALL(futex_wait, &word, 5, -1, 2 | 128, BAD, 1);
    CALL(futex_requeue, waiters, 0, 1, 1);
    waiters[0].value = 7;
    CALL(futex_requeue, waiters, 0, 1, 1);
    CALL(futex_requeue, waiters, 77, 1, 1);
    CALL(futex_requeue, BAD, 0, 1, 1);
    CALL(futex_requeue, waiters, 0, -1, 1);
    CALL(futex_waitv, waiters, 2, 0, 0, 0);
    CALL(futex_waitv, waiters, 0, 0, 0, 0);
    CALL(futex_waitv, waiters, 129, 0, 0, 0);
    CALL(futex_waitv, waiters, 2, 77, 0, 0);
    CALL(futex_waitv, BAD, 2, 0, 0, 0);
    waiters[0].value = 5, waiters[1].value = 5;
    CALL(futex_waitv, waiters, 2, 0, &past, 1);
    CALL(futex_waitv, waiters, 2, 0, &past, 77);
    waiters[1].reserved = 1;
    CALL(futex_waitv, waiters, 2, 0, &past, 1);
    CALL(futex, &word, 0x77, 0, 0, 0, 0);
    CALL(futex, &word, 128, 6, 0, 0, 0);
    CALL(futex, BAD, 128, 6, 0, 0, 0);
    CALL(futex, &word, 0, 5, &wrong, 0, 0);
    CALL(futex, &word, 3, -1, 1, &word, 0);
    CALL(futex, &word, 4, 1, 1, BAD, 5);
    CALL(futex, &word, 4, 1, 1, &word + 1, 7);
    CALL(futex, &word, 5, 1, 1, BAD, 0);
    CALL(futex, &word, 9, 5, 0, 0, 0);
    // Nobody is the owner.
    word = 0x3ffffff0;
    CALL(futex, &word, 6, 0, 0, 0, 0);
    CALL(futex, &word, 7, 0, 0, 0, 0);
    CALL(futex, &word, 8, 0, 0, 0, 0);
    word = 0;
}

int main(void) {
    int fd = open("file", O_CREAT | O_RDWR, 0600);
    ftruncate(fd, 10000);
    symlink("file", "link");
    opening();
    futexes();
}
