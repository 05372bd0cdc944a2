// Record locks of a process stay over exec, a child of fork does not have them.
#include "proc.h"
int main(int argc, char **argv) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 5};
    if (argc > 1) {
        int fd = atoi(argv[1]);
        lock.l_start = 12;
        reap("child", CHILD(TRY(fcntl(fd, F_SETLK, &lock)); fcntl(fd, F_GETLK, &lock);
                            printf("held by the parent %d from %ld\n", lock.l_pid == getppid(), (long)lock.l_start)));
        TRY(fcntl(fd, F_SETLK, &lock));
        return 0;
    }
    char number[10];
    int fd = open("file", O_CREAT | O_RDWR, 0600);
    TRY(fcntl(fd, F_SETLK, &lock));
    sprintf(number, "%d", fd);
    execl("/proc/self/exe", "x", number, NULL);
}
