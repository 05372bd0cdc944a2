// Processor time per thread and per process: grows with work, also seen from outside.
#include "thread.h"
#include <sys/resource.h>
static _Atomic int stop;
static long read_clock(clockid_t clock) {
    struct timespec t;
    return clock_gettime(clock, &t) ? -1 : t.tv_sec * 1000000000 + t.tv_nsec;
}
static void *works(void *unused) {
    step();
    while (!stop) {}
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return POINTER(read_clock(CLOCK_THREAD_CPUTIME_ID) > 0 && usage.ru_utime.tv_sec >= 0);
}
int main(void) {
    pthread_t t = start(works, 0);
    clockid_t clock;
    PTRY(pthread_getcpuclockid(t, &clock));
    await(1);
    long thread = read_clock(clock), process = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    while (read_clock(clock) < thread + 5000000) sched_yield();
    printf("process at least as much %d\n", read_clock(CLOCK_PROCESS_CPUTIME_ID) >= process + 4000000);
    stop = 1;
    printf("%ld\n", join(t));
    while (read_clock(clock) >= 0) sched_yield(); // until the kernel has forgotten it
    printf("%s\n", strerrorname_np(errno));
    struct timespec r;
    TRY(clock_getres(CLOCK_THREAD_CPUTIME_ID, &r));
    printf("%ld\n", r.tv_nsec);
}
