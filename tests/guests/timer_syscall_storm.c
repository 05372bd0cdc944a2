// A timer of half a millisecond while the program does short system calls: none fails, no byte is lost.
#include "proc.h"
#include <sys/time.h>
static volatile unsigned count;
static void tick(int sig) { count++; }
int main(void) {
    struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval timer = {{0, 500}, {0, 500}};
    setitimer(ITIMER_REAL, &timer, NULL);
    int fds[2], errors = 0;
    pipe(fds);
    pid_t pid = CHILD({
        close(fds[0]);
        for (int i = 0; i < 20000; i++)
            if (write(fds[1], &i, sizeof i) != sizeof i) errors++;
        exit(errors != 0);
    });
    close(fds[1]);
    unsigned value, sum = 0, n = 0;
    for (long got; (got = read(fds[0], &value, sizeof value)); n++) {
        if (got != sizeof value) errors++;
        sum = sum * 31 + value;
        if (getpid() == 0 || lseek(fds[0], 0, SEEK_CUR) != -1) errors++;
    }
    while (count < 10) getppid();
    reap("writer", pid);
    printf("%u values, %x, errors %d\n", n, sum, errors);
}
