// System calls with bad pointers fail with EFAULT; nobody dies.
#include "guest.h"
#include <sys/uio.h>
#include <time.h>
int main(void) {
    void *bad = (void *)0x10, *high = (void *)0xffff800000000000;
    int fds[2];
    pipe(fds);
    TRY(write(fds[1], bad, 5));
    TRY(write(fds[1], "hello", 5));
    TRY(read(fds[0], bad, 5));
    TRY(read(fds[0], high, 5));
    TRY(syscall(SYS_stat, bad, bad));
    TRY(open(bad, O_RDONLY));
    TRY(syscall(SYS_clock_gettime, 0, bad));
    TRY(syscall(SYS_pipe, bad));
    TRY(syscall(SYS_rt_sigaction, SIGUSR1, bad, 0, 8));
    TRY(syscall(SYS_uname, high));
    TRY(syscall(SYS_getcwd, bad, 100));
    TRY(syscall(SYS_readv, fds[0], bad, 1));
    TRY(syscall(SYS_nanosleep, bad, 0));
    TRY(syscall(SYS_gettimeofday, bad, 0));
    char *page = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + PAGE, PAGE);
    TRY(write(fds[1], page + PAGE - 3, 10));
    char *ro = mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRY(read(fds[0], ro, 5));
    TRY(read(fds[0], page + PAGE - 2, 2));
}
