// group: syscall
// goal: clock
// operations: 4000000
#include <time.h>
int main(void) {
    struct timespec t;
    for (int i = 0; i < 4000000; i++) clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec == 0;
}
