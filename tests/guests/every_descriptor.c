// Every descriptor there can be is closed, taken, taken again and closed, by a program that then goes on, forks
// and executes another.
#include "guest.h"
#include <sys/resource.h>
#include <sys/wait.h>

enum { MOST = 4096 };

static int count(int least) {
    int open = 0;
    for (int fd = least; fd < MOST; fd++) open += fcntl(fd, F_GETFD) >= 0;
    return open;
}

int main(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = MOST;
    TRY(setrlimit(RLIMIT_NOFILE, &limit));
    int failed = 0;
    for (int fd = 3; fd < MOST; fd++) failed += close(fd) == 0;
    printf("%d were open\n", failed);
    for (int round = 0; round < 2; round++) {
        failed = 0;
        for (int fd = 3; fd < MOST; fd++) failed += dup2(1, fd) != fd;
        printf("%d failed, %d are open\n", failed, count(3));
        TRY(write(MOST - 1, "through the last\n", 17));
        TRY(write(1002, "through one of the engine's\n", 28));
        TRY(dup(1));
        TRY(syscall(SYS_close_range, 3, ~0u, 0));
        printf("%d are open\n", count(3));
    }
    for (int fd = 3; fd < MOST; fd++) failed += dup3(1, fd, O_CLOEXEC) != fd;
    printf("%d failed\n", failed);
    fflush(stdout);
    if (fork() == 0) {
        printf("the child has %d\n", count(3));
        // An exec finds numbers free again.
        for (int fd = 2000; fd < MOST; fd++) close(fd);
        execl("/bin/sh", "sh", "-c", "for i in 3 1000 1002 4095; do [ -e /proc/self/fd/$i ] && echo $i; done; echo sh", NULL);
    }
    int status;
    wait(&status);
    TRY(status);
    for (int fd = MOST - 1; fd >= 0; fd--) if (fd != 1) close(fd);
    TRY(open("/dev/null", O_RDONLY));
    TRY(open("/dev/null", O_RDONLY));
    puts("still here");
}
