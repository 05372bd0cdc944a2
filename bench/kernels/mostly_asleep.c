// group: waiting
// goal: waiting
#include <stdio.h>
#include <time.h>
int main(void) {
    unsigned long x = 1;
    struct timespec pause = {0, 18000000};
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 1500000; i++) x = x * 6364136223846793005ul + 1442695040888963407ul;
        nanosleep(&pause, 0);
    }
    printf("%lx\n", x);
}
