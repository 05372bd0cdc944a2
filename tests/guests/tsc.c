// rdtsc, rdtscp and rdpid: they run, and time goes forward.
// build: -mrdpid
// needs: rdtscp
#include "guest.h"
#include <cpuid.h>
#include <x86intrin.h>
int main(void) {
    unsigned aux;
    uint64_t a = __rdtsc(), b = __rdtscp(&aux), c = __rdtsc();
    printf("forward %d %d\n", b > a, c > b);
    uint64_t last = 0, backwards = 0;
    for (int i = 0; i < 20000; i++) {
        uint64_t now = __rdtsc();
        backwards += now < last;
        last = now;
    }
    printf("backwards %lu\n", backwards);
    unsigned eax, ebx, ecx, edx;
    __cpuid_count(7, 0, eax, ebx, ecx, edx);
    if (ecx >> 22 & 1) printf("rdpid agrees in range %d\n", (_rdpid_u32() & 0xfff) < 4096);
    puts("done");
}
