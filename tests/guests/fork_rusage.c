// Times and usage: zero in a new child, added to the parent's "children" when waited for, not before.
#include "proc.h"
#include <sys/resource.h>
#include <sys/times.h>
static volatile unsigned x;
static long micros(int who) {
    struct rusage usage;
    getrusage(who, &usage);
    return usage.ru_utime.tv_sec * 1000000L + usage.ru_utime.tv_usec + usage.ru_stime.tv_sec * 1000000L +
           usage.ru_stime.tv_usec;
}
int main(void) {
    Gate done = gate();
    while (micros(RUSAGE_SELF) < 100000) x = x * 5 + 1;
    pid_t pid = CHILD({
        printf("child starts at nothing: %d\n", micros(RUSAGE_SELF) < 90000);
        while (micros(RUSAGE_SELF) < 50000) x = x * 5 + 1;
        pass(done);
    });
    await(done);
    printf("before the wait: %ld\n", micros(RUSAGE_CHILDREN));
    reap("child", pid);
    struct tms tms;
    times(&tms);
    printf("after: %d %d\n", micros(RUSAGE_CHILDREN) >= 50000, tms.tms_cutime + tms.tms_cstime >= 4);
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    printf("memory %d faults %d\n", usage.ru_maxrss > 0, usage.ru_minflt > 0);
}
