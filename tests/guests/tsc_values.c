// nondeterministic: prints counters, clocks and random numbers; the replay must print the same
// build: -mrdrnd -mrdseed
// needs: rdrand rdseed
#include "guest.h"
#include <time.h>
#include <x86intrin.h>
int main(void) {
    for (int i = 0; i < 5; i++) {
        unsigned aux;
        unsigned long long random = 0, seed = 0;
        struct timespec t;
        int ok = _rdrand64_step(&random), got = _rdseed64_step(&seed);
        clock_gettime(CLOCK_REALTIME, &t);
        printf("%llu %llu %d %llu %d %llu %ld %d\n", __rdtsc(), __rdtscp(&aux), ok, random, got, seed, t.tv_nsec, getpid());
        unsigned short r16;
        unsigned r32;
        printf("%d", _rdrand16_step(&r16) + _rdrand32_step(&r32));
        printf(" %u %u\n", r16, r32);
    }
}
