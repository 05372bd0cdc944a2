// The clock functions: monotonic, consistent with each other and with the system calls.
#include "guest.h"
#include <sched.h>
#include <sys/time.h>
#include <time.h>
static int64_t ns(struct timespec t) { return t.tv_sec * 1000000000LL + t.tv_nsec; }
int main(void) {
    for (int clock = 0; clock < 12; clock++) {
        struct timespec a, b, c, resolution;
        if (clock == 10) continue;
        int r = clock_gettime(clock, &a);
        int s = syscall(SYS_clock_gettime, clock, &b);
        clock_gettime(clock, &c);
        printf("clock %d: %d %d ordered %d resolution %d\n", clock, r, s, ns(a) <= ns(b) && ns(b) <= ns(c),
               clock_getres(clock, &resolution) == 0 && resolution.tv_nsec > 0);
    }
    struct timeval tv;
    struct timezone zone = {-1, -1};
    struct timespec real;
    time_t t = time(NULL), t2;
    gettimeofday(&tv, &zone);
    clock_gettime(CLOCK_REALTIME, &real);
    printf("%d %d zone %d\n", tv.tv_sec - t <= 1, real.tv_sec - tv.tv_sec <= 1, zone.tz_minuteswest);
    printf("%d\n", time(&t2) == t2);
    unsigned cpu = -1, node = -1;
    printf("%d %d\n", getcpu(&cpu, &node), cpu < 4096 && node < 64);
    printf("%d\n", sched_getcpu() >= 0);
    TRY(clock_gettime(99, &real));
    TRY(clock_getres(CLOCK_MONOTONIC, NULL));
    struct timespec last = {0};
    long backwards = 0;
    for (int i = 0; i < 100000; i++) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        backwards += ns(now) < ns(last);
        last = now;
    }
    printf("backwards %ld\n", backwards);
}
