// SIGPROF and SIGVTALRM a thousand times a second do not disturb a checksum, floating point or the stack.
#include "proc.h"
#include <sys/time.h>
static volatile unsigned counts[2];
static void tick(int sig, siginfo_t *info, void *context) {
    char scratch[3000];
    memset(scratch, sig, sizeof scratch);
    double f = 1;
    for (int i = 0; i < 10; i++) f = f * 1.5 + scratch[i * 100];
    if (f > 0) counts[sig == SIGPROF]++;
}
int main(void) {
    handle(SIGPROF, tick, SA_RESTART);
    handle(SIGVTALRM, tick, SA_RESTART);
    struct itimerval timer = {{0, 1000}, {0, 1000}};
    setitimer(ITIMER_PROF, &timer, NULL);
    setitimer(ITIMER_VIRTUAL, &timer, NULL);
    static unsigned char data[4096];
    uint64_t hash = 1;
    double sum = 0;
    for (int round = 0; round < 2000 || counts[0] < 20 || counts[1] < 20; round++) {
        for (int i = 0; i < 4096; i++) data[i] += i * round;
        if (round >= 2000) continue;
        hash = hash * 31 + hash_bytes(data, sizeof data);
        sum += (double)(hash >> 40) / 3;
    }
    printf("%lx %.3f, some signals %d\n", hash, sum, counts[0] >= 20 && counts[1] >= 20);
}
