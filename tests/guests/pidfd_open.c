// What pidfd_open takes and refuses, and what fdinfo says of the process, after its end, too.
#include "proc.h"
#include <sys/pidfd.h>
static int pid_of(int fd) {
    char path[40], text[1000];
    sprintf(path, "/proc/self/fdinfo/%d", fd);
    slurp(path, text, sizeof text);
    return atoi(strstr(text, "\nPid:") + 5);
}
int main(void) {
    Gate go = gate();
    pid_t pid = CHILD(await(go));
    int fd = pidfd_open(pid, 0), again = pidfd_open(pid, PIDFD_NONBLOCK);
    printf("cloexec %d nonblock %d %d\n", fcntl(fd, F_GETFD), !!(fcntl(fd, F_GETFL) & O_NONBLOCK),
           !!(fcntl(again, F_GETFL) & O_NONBLOCK));
    printf("Pid %d\n", pid_of(fd) == pid);
    pass(go);
    reap("child", pid);
    printf("Pid %d\n", pid_of(fd));
    printf("gone: %d\n", pidfd_open(pid, 0) == -1 && errno == ESRCH);
    TRY(pidfd_open(0, 0));
    TRY(pidfd_open(-1, 0));
    TRY(pidfd_open(getpid(), 1));
    struct stat status;
    char link[100] = "", path[40];
    sprintf(path, "/proc/self/fd/%d", fd);
    readlink(path, link, sizeof link - 1);
    printf("%d %s\n", fstat(fd, &status), strstr(link, "pidfd"));
}
