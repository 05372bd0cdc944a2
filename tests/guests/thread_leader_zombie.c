// After the main thread has gone it is a zombie, as /proc tells; the process ends with exit(5).
// exit: 5
#include "thread.h"
static void *other(void *unused) {
    char path[50], line[300] = "", state = 0;
    sprintf(path, "/proc/self/task/%d/stat", getpid());
    while (state != 'Z') {
        int fd = open(path, O_RDONLY);
        read(fd, line, sizeof line - 1);
        close(fd);
        state = strrchr(line, ')')[2];
        sched_yield();
    }
    printf("%c\n", state);
    TRY(syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1)); // to a zombie: accepted, never seen
    exit(5);
}
int main(void) {
    start(other, 0);
    syscall(SYS_exit, 3);
}
