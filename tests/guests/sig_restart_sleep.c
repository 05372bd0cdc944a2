// A handled signal ends nanosleep, poll, select and pause with EINTR even with SA_RESTART; a stop does not.
#include "proc.h"
#include <poll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
static volatile int count;
static void tick(int sig) { count++; }
static void tell(const char *what, long result, int error) {
    printf("%s: %s, signals %d\n", what, result ? strerrorname_np(error) : "0", count > 0);
    count = 0;
}
int main(void) {
    for (int restart = 0; restart < 2; restart++) {
        struct sigaction action = {.sa_handler = tick, .sa_flags = restart ? SA_RESTART : 0};
        sigaction(SIGALRM, &action, NULL);
        struct itimerval timer = {{0, 5000}, {0, 5000}}, none = {0};
        setitimer(ITIMER_REAL, &timer, NULL);
        struct timespec left = {0, 0}, then;
        long result = nanosleep(&(struct timespec){1000, 0}, &left);
        tell("nanosleep", result, errno);
        printf("left %d\n", left.tv_sec > 900);
        clock_gettime(CLOCK_MONOTONIC, &then);
        then.tv_sec += 1000;
        int error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, NULL);
        tell("absolute", error, error);
        result = poll(NULL, 0, -1);
        tell("poll", result, errno);
        result = select(0, NULL, NULL, NULL, &(struct timeval){1000, 0});
        tell("select", result, errno);
        result = pause();
        tell("pause", result, errno);
        setitimer(ITIMER_REAL, &none, NULL);
    }
    Gate ready = gate();
    pid_t pid = CHILD(pass(ready); printf("stopped and continued: %d\n", nanosleep(&(struct timespec){0, 50000000}, NULL)));
    await(ready);
    kill(pid, SIGSTOP);
    waitpid(pid, NULL, WUNTRACED);
    kill(pid, SIGCONT);
    reap("child", pid);
}
