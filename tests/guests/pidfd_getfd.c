// pidfd_getfd takes a copy of another process's descriptor, which shares its offset.
#include "proc.h"
#include <sys/pidfd.h>
int main(void) {
    Gate ready = gate(), go = gate();
    pid_t pid = CHILD({
        int fd = open("file", O_CREAT | O_RDWR, 0600);
        dup2(fd, 30);
        write(fd, "abcdef", 6);
        lseek(fd, 2, SEEK_SET);
        pass(ready);
        await(go);
        printf("child's offset %ld\n", lseek(fd, 0, SEEK_CUR));
    });
    await(ready);
    int pidfd = pidfd_open(pid, 0), fd = pidfd_getfd(pidfd, 30, 0);
    char text[3] = "";
    read(fd, text, 2);
    printf("%s cloexec %d\n", text, fcntl(fd, F_GETFD));
    TRY(pidfd_getfd(pidfd, 31, 0));
    TRY(pidfd_getfd(pidfd, 30, 1));
    TRY(pidfd_getfd(0, 30, 0));
    pass(go);
    reap("child", pid);
    TRY(pidfd_getfd(pidfd, 30, 0));
}
