// An open file's offset and status flags are shared with the child, descriptors themselves are not.
#include "proc.h"
int main(void) {
    char text[8] = "";
    int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600), second = open("file", O_RDONLY);
    write(fd, "abcdefghijkl", 12);
    lseek(fd, 0, SEEK_SET);
    pid_t pid = CHILD({
        read(fd, text, 3);
        printf("child %s at %ld\n", text, lseek(fd, 0, SEEK_CUR));
        read(second, text, 5);
        fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        close(fd);
        TRY(read(fd, text, 1));
    });
    reap("child", pid);
    TRY(read(fd, text, 3));
    printf("parent %s at %ld, second at %ld\n", text, lseek(fd, 0, SEEK_CUR), lseek(second, 0, SEEK_CUR));
    printf("append %d nonblock %d cloexec %d\n", !!(fcntl(fd, F_GETFL) & O_APPEND),
           !!(fcntl(fd, F_GETFL) & O_NONBLOCK), fcntl(fd, F_GETFD));
    write(fd, "END", 3);
    printf("size %ld\n", lseek(fd, 0, SEEK_END));
}
