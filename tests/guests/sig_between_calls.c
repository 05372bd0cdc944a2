// Calls that cannot block are never interrupted, however many signals come: no handler restarts calls here,
// and none of the calls fails.
#include "guest.h"
#include <sys/time.h>

static volatile long count;
static void count_one(int sig, siginfo_t *info, void *context) {
    (void)sig, (void)info, (void)context;
    count++;
}

int main(void) {
    handle(SIGALRM, count_one, 0);
    struct itimerval often = {{0, 50}, {0, 50}}, never = {{0, 0}, {0, 0}};
    int file = open("file", O_CREAT | O_RDWR, 0644), failed = 0;
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < 40000 || (count < 100 && i < 4000000); i++) {
        failed += fcntl(file, F_SETFL, O_APPEND) < 0;
        failed += fcntl(file, F_GETFD) < 0;
        failed += dup2(file, 50) < 0;
    }
    setitimer(ITIMER_REAL, &never, NULL);
    printf("signals: %d, failed: %d\n", count >= 100, failed);
}
