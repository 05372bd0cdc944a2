// CLONE_FILES shares the table of descriptors; unshare ends that; exec, too.
#include "proc.h"
#include <sched.h>
static int function(void *argument) {
    close(*(int *)argument);
    open("opened by the child", O_CREAT | O_WRONLY, 0600); // takes the same number
    dup2(1, 50);
    return 0;
}
static int apart(void *argument) {
    if (unshare(CLONE_FILES)) return 1;
    close(50);
    return 2;
}
int main(int argc, char **argv) {
    char *stack = mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = open("first", O_CREAT | O_RDWR, 0600);
    pid_t pid = clone(function, stack + 16 * PAGE, CLONE_FILES | SIGCHLD, &fd);
    reap("child", pid);
    TRY(write(fd, "text", 4));
    TRY(write(50, "to 50\n", 6));
    struct stat status;
    stat("opened by the child", &status);
    printf("size %ld\n", (long)status.st_size);
    pid = clone(apart, stack + 16 * PAGE, CLONE_FILES | SIGCHLD, NULL);
    reap("apart", pid);
    TRY(fcntl(50, F_GETFD));
    fcntl(50, F_SETFD, FD_CLOEXEC);
    pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
    if (!pid) execl("/bin/sh", "sh", "-c", "ls /proc/self/fd | grep -c 50", NULL);
    reap("exec", pid);
    TRY(fcntl(50, F_GETFD));
}
