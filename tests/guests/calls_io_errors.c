// Reading and writing, moving between descriptors, making and copying them.
#include "calls.h"
#include <sys/epoll.h>
#include <sys/uio.h>

static int fd, ro, wo, pipes[2];

static void transfers(void) {
    struct iovec two[2] = {{A(0), 3}, {A(100), 3}}, wrong[2] = {{A(0), -1}, {A(100), 3}};
    struct iovec half[2] = {{A(0), 3}, {BAD, 3}};
    fresh();
    CALL(pread64, ro, A(0), 4, 2);
    CALL(pread64, ro, A(0), 4, -1L);
    CALL(pread64, pipes[0], A(0), 4, 0);
    CALL(pread64, wo, A(0), 4, 0);
    CALL(pread64, ro, A(0), 100, 8);
    CALL(pwrite64, fd, A(0), 4, -1L);
    CALL(pwrite64, pipes[1], A(0), 4, 0);
    CALL(pwrite64, ro, A(0), 4, 0);
    CALL(pwrite64, fd, BAD, 4, 0);
    CALL(read, wo, A(0), 4);
    CALL(read, 77, A(0), 4);
    CALL(read, ro, readonly, 4);
    CALL(read, ro, END(2), 4);
    CALL(read, ro, A(0), -1L);
    CALL(read, ro, A(0), 0);
    CALL(write, ro, A(0), 4);
    CALL(write, fd, HIGH, 4);
    CALL(write, fd, A(0), 0);
    fresh();
    lseek(ro, 0, SEEK_SET);
    CALL(readv, ro, two, 2);
    CALL(readv, ro, two, -1);
    CALL(readv, ro, two, 1025);
    CALL(readv, ro, wrong, 2);
    CALL(readv, ro, BAD, 2);
    lseek(ro, 0, SEEK_SET);
    CALL(readv, ro, half, 2);
    CALL(writev, fd, wrong, 2);
    CALL(writev, 77, two, 2);
    CALL(writev, fd, half, 2);
    fresh();
    CALL(preadv, ro, two, 2, 1, 0);
    CALL(preadv, ro, two, 2, -1L, -1L);
    CALL(preadv, pipes[0], two, 2, 0, 0);
    CALL(pwritev, fd, two, 2, -5L, -1L);
    CALL(pwritev, ro, two, 2, 0, 0);
    CALL(preadv2, ro, two, 2, 0, 0, 0x4000);
    CALL(preadv2, ro, two, 2, 2, 0, 0);
    CALL(pwritev2, fd, two, 2, 0, 0, 0x4000);
    CALL(pwritev2, fd, two, 2, 0, 0, 0x10);
}

static void moves(void) {
    long *offset = A(8);
    fresh();
    *offset = 2;
    CALL(sendfile, pipes[1], ro, A(8), 3);
    CALL(sendfile, pipes[1], ro, BAD, 3);
    CALL(sendfile, pipes[1], pipes[0], 0, 3);
    CALL(sendfile, 77, ro, 0, 3);
    CALL(sendfile, ro, ro, 0, 3);
    *offset = -1;
    CALL(sendfile, pipes[1], ro, A(8), 3);
    CALL(read, pipes[0], A(64), 10);
    *offset = 1;
    CALL(splice, ro, A(8), pipes[1], 0, 3, 0);
    CALL(splice, pipes[0], A(8), fd, 0, 3, 0);
    CALL(splice, ro, 0, fd, 0, 3, 0);
    CALL(splice, ro, 0, pipes[1], 0, 3, 0x100);
    CALL(splice, 77, 0, pipes[1], 0, 3, 0);
    CALL(splice, ro, BAD, pipes[1], 0, 3, 0);
    CALL(tee, pipes[0], pipes[1], 3, 0);
    CALL(tee, ro, pipes[1], 3, 0);
    CALL(tee, 77, pipes[1], 3, 0);
    struct iovec one = {A(0), 3}, wrong = {BAD, 3};
    CALL(vmsplice, pipes[1], &one, 1, 0);
    CALL(vmsplice, pipes[1], &wrong, 1, 0);
    CALL(vmsplice, pipes[1], &one, 1025, 0);
    CALL(vmsplice, ro, &one, 1, 0);
    CALL(vmsplice, 77, &one, 1, 0);
    fresh();
    CALL(read, pipes[0], A(64), 20);
    *offset = 1;
    CALL(copy_file_range, ro, A(8), fd, 0, 3, 0);
    CALL(copy_file_range, ro, 0, fd, 0, 3, 77);
    CALL(copy_file_range, ro, 0, pipes[1], 0, 3, 0);
    CALL(copy_file_range, wo, 0, fd, 0, 3, 0);
    CALL(copy_file_range, ro, BAD, fd, 0, 3, 0);
    CALL(copy_file_range, 77, 0, fd, 0, 3, 0);
}

static void descriptors(void) {
    fresh();
    CALL(dup, 77);
    CALL(dup2, 77, 5);
    CALL(dup2, fd, -1);
    CALL(dup2, fd, 100000000);
    CALL(dup2, fd, fd);
    CALL(dup3, fd, fd, 0);
    CALL(dup3, fd, 60, 77);
    CALL(dup3, fd, 60, O_CLOEXEC);
    CALL(fcntl, 60, F_GETFD);
    CALL(fcntl, fd, F_DUPFD, -1);
    CALL(fcntl, fd, F_DUPFD, 100000000);
    CALL(fcntl, fd, F_DUPFD_CLOEXEC, 61);
    CALL(fcntl, fd, 77777);
    CALL(fcntl, 77, F_GETFL);
    CALL(fcntl, fd, F_GETLK, BAD);
    CALL(fcntl, fd, F_SETOWN, 99999999);
    CALL(fcntl, fd, F_SETSIG, 77);
    CALL(fcntl, fd, F_GETPIPE_SZ);
    CALL(fcntl, pipes[0], F_SETPIPE_SZ, -1);
    CALL(fcntl, fd, F_ADD_SEALS, 1);
    CALL(fcntl, fd, F_GET_SEALS);
    CALL(fcntl, fd, F_SETLEASE, 77);
    CALL(fcntl, fd, F_NOTIFY, 77);
    CALL(pipe, BAD);
    CALL(pipe2, A(0), 77);
    CALL(pipe2, A(0), O_CLOEXEC);
    CALL(close_range, 60, 61, 77);
    CALL(close_range, 61, 60, 0);
    CALL(close_range, 60, 61, 4);
    CALL(close_range, 60, 61, 0);
    CALL(memfd_create, "name", 0x8000);
    CALL(memfd_create, BAD, 0);
    CALL(ioctl, fd, 0x5401, A(0));
    CALL(ioctl, 77, 0x5401, A(0));
    CALL(ioctl, pipes[0], 0x541b, A(0));
    CALL(ioctl, pipes[0], 0x541b, BAD);
    CALL(ioctl, fd, 0xdeadbeef, A(0));
}

static void events(void) {
    fresh();
    CALL(eventfd, 0);
    int event = CALL(eventfd2, 3, 0x800);
    CALL(eventfd2, 0, 77);
    CALL(read, event, A(0), 4);
    CALL(read, event, A(0), 8);
    CALL(read, event, A(0), 8);
    memset(A(64), 0xff, 8);
    CALL(write, event, A(64), 8);
    CALL(write, event, A(64), 4);
    CALL(epoll_create, 0);
    int epoll = CALL(epoll_create1, 0);
    CALL(epoll_create1, 77);
    struct epoll_event *wanted = A(128);
    wanted->events = EPOLLIN | EPOLLOUT, wanted->data.u64 = 7;
    CALL(epoll_ctl, epoll, EPOLL_CTL_MOD, event, wanted);
    CALL(epoll_ctl, epoll, EPOLL_CTL_DEL, event, 0);
    CALL(epoll_ctl, epoll, EPOLL_CTL_ADD, event, BAD);
    CALL(epoll_ctl, epoll, EPOLL_CTL_ADD, event, wanted);
    CALL(epoll_ctl, epoll, EPOLL_CTL_ADD, event, wanted);
    CALL(epoll_ctl, epoll, EPOLL_CTL_ADD, fd, wanted);
    CALL(epoll_ctl, epoll, EPOLL_CTL_ADD, epoll, wanted);
    CALL(epoll_ctl, epoll, EPOLL_CTL_ADD, 77, wanted);
    CALL(epoll_ctl, event, EPOLL_CTL_ADD, epoll, wanted);
    CALL(epoll_ctl, epoll, 77, event, wanted);
    fresh();
    CALL(epoll_wait, epoll, A(0), 4, 0);
    CALL(epoll_wait, epoll, A(0), 0, 0);
    CALL(epoll_wait, epoll, BAD, 4, 0);
    CALL(epoll_wait, event, A(0), 4, 0);
    CALL(epoll_wait, 77, A(0), 4, 0);
    CALL(epoll_pwait, epoll, A(0), 4, 0, A(64), 7);
    CALL(epoll_pwait, epoll, A(0), 4, 0, BAD, 8);
    struct timespec wrong = {0, -1}, zero = {0, 0};
    CALL(epoll_pwait2, epoll, A(0), 4, &wrong, 0, 8);
    CALL(epoll_pwait2, epoll, A(0), 4, BAD, 0, 8);
    CALL(epoll_pwait2, epoll, A(64), 1, &zero, 0, 8);
    CALL(inotify_init);
    int notify = CALL(inotify_init1, 0x800);
    CALL(inotify_init1, 77);
    CALL(inotify_add_watch, notify, "missing", 2);
    CALL(inotify_add_watch, notify, "file", 0);
    CALL(inotify_add_watch, fd, "file", 2);
    CALL(inotify_add_watch, 77, "file", 2);
    CALL(inotify_add_watch, notify, BAD, 2);
    CALL(inotify_add_watch, notify, "file", 2);
    CALL(inotify_rm_watch, notify, 77);
    CALL(inotify_rm_watch, fd, 1);
    CALL(read, notify, A(0), 100);
    write(fd, "x", 1);
    CALL(read, notify, A(0), 10);
    CALL(read, notify, A(0), 100);
    CALL(signalfd, -1, A(64), 7);
    CALL(signalfd4, -1, A(64), 8, 77);
    CALL(signalfd4, fd, A(64), 8, 0);
    CALL(signalfd4, 77, A(64), 8, 0);
    CALL(signalfd4, -1, BAD, 8, 0);
}

int main(void) {
    fd = open("file", O_CREAT | O_RDWR, 0600);
    write(fd, "0123456789", 10);
    ro = open("file", O_RDONLY), wo = open("file", O_WRONLY);
    pipe2(pipes, O_NONBLOCK);
    transfers();
    moves();
    descriptors();
    events();
}
