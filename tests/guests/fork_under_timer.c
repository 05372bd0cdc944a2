// Forks go on while a timer interrupts the parent a thousand times a second.
#include "proc.h"
#include <sys/time.h>
static volatile unsigned ticks;
static void tick(int sig) { ticks++; }
int main(void) {
    struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval timer = {{0, 1000}, {0, 1000}};
    setitimer(ITIMER_REAL, &timer, NULL);
    int sum = 0, status;
    for (int i = 0; i < 60 || ticks < 20; i++) {
        pid_t pid = fork();
        if (!pid) _exit(i % 60 + 1);
        if (waitpid(pid, &status, 0) != pid) perror("waitpid");
        if (i < 60) sum += WEXITSTATUS(status);
    }
    printf("sum %d, some ticks %d\n", sum, ticks >= 20);
}
