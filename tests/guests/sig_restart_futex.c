// A futex wait goes on after a handler with SA_RESTART, and is interrupted without it.
#include "proc.h"
#include <linux/futex.h>
#include <sys/time.h>
static volatile int count;
static int word;
static void tick(int sig) {
    if (++count == 3) __atomic_store_n(&word, 1, __ATOMIC_SEQ_CST);
}
int main(void) {
    for (int restart = 0; restart < 2; restart++) {
        struct sigaction action = {.sa_handler = tick, .sa_flags = restart ? SA_RESTART : 0};
        sigaction(SIGALRM, &action, NULL);
        word = count = 0;
        struct itimerval timer = {{0, 5000}, {0, 5000}}, none = {0};
        setitimer(ITIMER_REAL, &timer, NULL);
        long result = syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
        int error = errno;
        setitimer(ITIMER_REAL, &none, NULL);
        printf("restart %d: %ld %s, signals %d\n", restart, result, strerrorname_np(error), restart ? count >= 3 : count > 0);
    }
    struct itimerval once = {{0, 0}, {0, 3000}};
    word = count = 0;
    setitimer(ITIMER_REAL, &once, NULL);
    struct timespec limit = {1000, 0};
    TRY(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &limit, NULL, 0)); // with a time limit: never restarted
}
