// Descriptors over exec: close-on-exec by open, dup3, pipe2, fcntl and close_range close, others stay; offsets, too.
#include "proc.h"
#include <linux/close_range.h>
static void check(int fd) { printf("%d %s\n", fd, fcntl(fd, F_GETFD) < 0 ? strerrorname_np(errno) : "open"); }
int main(int argc, char **argv) {
    if (argc > 1) {
        for (int fd = 20; fd < 32; fd++) check(fd);
        char byte = 0;
        read(20, &byte, 1);
        printf("goes on with %c\n", byte);
        return 0;
    }
    int p[2], fd = open("file", O_CREAT | O_RDWR, 0600);
    write(fd, "abcdef", 6);
    lseek(fd, 2, SEEK_SET);
    dup2(fd, 20);
    dup3(fd, 21, O_CLOEXEC);
    fcntl(fd, F_DUPFD_CLOEXEC, 22);
    fcntl(fd, F_DUPFD, 23);
    dup2(21, 24); // the flag does not go along
    fcntl(20, F_DUPFD, 25);
    fcntl(25, F_SETFD, FD_CLOEXEC);
    dup3(fd, 26, O_CLOEXEC);
    fcntl(26, F_SETFD, 0);
    pipe2(p, O_CLOEXEC);
    dup3(p[0], 27, O_CLOEXEC);
    dup2(p[1], 28);
    for (fd = 29; fd < 32; fd++) dup2(0, fd);
    syscall(SYS_close_range, 30, 100, CLOSE_RANGE_CLOEXEC);
    execl("/proc/self/exe", "x", "again", NULL);
}
