// An exec that fails in a thread kills nobody.
#include "thread.h"
static void *tries(void *unused) {
    TRY(execl("/none", "none", NULL));
    TRY(execl("/", "directory", NULL));
    TRY(execl("/proc/self/maps", "not executable", NULL));
    return POINTER(5);
}
static void *waits(void *unused) {
    await(1);
    return POINTER(6);
}
int main(void) {
    pthread_t other = start(waits, 0);
    printf("%ld\n", join(start(tries, 0)));
    step();
    printf("%ld\n", join(other));
}
