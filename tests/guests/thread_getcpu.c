// Each thread asks where it runs, in three ways: always a processor that exists and is allowed.
#include "thread.h"
static void *run(void *unused) {
    int odd = 0;
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    for (int i = 0; i < 300; i++) {
        unsigned cpu = -1, node = -1, rdtscp;
        odd += syscall(SYS_getcpu, &cpu, &node, NULL) != 0 || !CPU_ISSET(cpu, &set) || node > 1000;
        odd += !CPU_ISSET(sched_getcpu(), &set);
        asm volatile("rdtscp" : "=c"(rdtscp) : : "rax", "rdx");
        odd += !CPU_ISSET(rdtscp & 0xfff, &set);
    }
    return POINTER(odd);
}
int main(void) {
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(run, 0);
    for (int i = 0; i < 4; i++) printf("%ld\n", join(t[i]));
}
