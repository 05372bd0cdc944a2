// Record locks between processes: ranges, waiting, deadlock, closing; those of the open file (OFD).
#include "proc.h"
static int set(int fd, int command, int type, long start, long length) {
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(fd, command, &lock);
}
int main(void) {
    Gate ready = gate(), go = gate();
    int fd = open("file", O_CREAT | O_RDWR, 0600);
    TRY(set(fd, F_SETLK, F_WRLCK, 0, 10));
    pid_t pid = CHILD({
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 100};
        TRY(set(fd, F_SETLK, F_RDLCK, 5, 10));
        TRY(fcntl(fd, F_GETLK, &lock));
        printf("held by the parent %d, %ld for %ld\n", lock.l_pid == getppid(), (long)lock.l_start, (long)lock.l_len);
        TRY(set(fd, F_SETLK, F_WRLCK, 20, 10));
        pass(ready);
        int result = set(fd, F_SETLKW, F_WRLCK, 0, 1); // waits for the parent
        printf("child %d %s\n", result, result ? strerrorname_np(errno) : "");
        pass(ready);
        await(go);
    });
    await(ready);
    usleep(5000);
    set(fd, F_SETLK, F_UNLCK, 0, 10);
    await(ready);
    TRY(set(fd, F_SETLK, F_WRLCK, 0, 1));
    pass(go);
    reap("child", pid);
    TRY(set(fd, F_SETLK, F_WRLCK, 0, 1));
    pid = CHILD({
        int own = open("file", O_RDWR);
        set(own, F_SETLK, F_WRLCK, 50, 1);
        pass(ready);
        exit(set(own, F_SETLKW, F_WRLCK, 0, 1) == -1 && errno == EDEADLK);
    });
    await(ready);
    int status, deadlock = set(fd, F_SETLKW, F_WRLCK, 50, 1) == -1 && errno == EDEADLK; // whoever comes second
    close(open("file", O_RDONLY)); // closing any descriptor drops the locks
    waitpid(pid, &status, 0);
    printf("deadlocks %d\n", deadlock + WEXITSTATUS(status));
    TRY(set(fd, F_OFD_SETLK, F_WRLCK, 0, 1));
    reap("same open file", CHILD(TRY(set(fd, F_OFD_SETLK, F_WRLCK, 0, 1))));
    reap("own open file", CHILD(TRY(set(open("file", O_RDWR), F_OFD_SETLK, F_WRLCK, 0, 1))));
}
