// nondeterministic: prints clocks; the replay must print the same
#include "guest.h"
#include <sys/time.h>
#include <time.h>
int main(void) {
    for (int i = 0; i < 200; i++) {
        struct timespec t;
        struct timeval v;
        clock_gettime(i % 8, &t);
        gettimeofday(&v, NULL);
        unsigned cpu;
        getcpu(&cpu, NULL);
        printf("%ld.%ld %ld.%ld %ld %u\n", t.tv_sec, t.tv_nsec, v.tv_sec, v.tv_usec, time(NULL), cpu);
    }
}
