// Threads open and close at once: who gets which descriptor number.
// nondeterministic: the schedule is the point
#include "thread.h"
static void *opens(void *n) {
    uint64_t hash = 0;
    gate(3);
    for (int i = 0; i < 500; i++) {
        int a = open("/dev/null", O_RDONLY), b = dup(a);
        hash = hash * 31 + a * 100 + b;
        close(a);
        int c = fcntl(b, F_DUPFD, 5 + i % 3);
        hash = hash * 31 + c;
        close(b), close(c);
    }
    return (void *)hash;
}
int main(void) {
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(opens, i);
    for (int i = 0; i < 3; i++) printf("%lx\n", join(t[i]));
}
