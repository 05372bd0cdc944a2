// The calls futex_wait, futex_wake and futex_requeue of newer kernels, if there are.
#include "futex.h"
struct waiter { uint64_t value; void *word; uint32_t flags, reserved; };
static int word, queue;
static const uint64_t ALL = 0xffffffff;
static void *waits(void *unused) {
    long result = syscall(455, &word, 0L, ALL, 2 | PRIVATE, NULL, 0); // futex_wait
    step();
    return (void *)result;
}
int main(void) {
    if (syscall(454, &word, ALL, 0, 2 | PRIVATE) < 0 && errno == ENOSYS) return puts("none");
    pthread_t a = start(waits, 0), b = start(waits, 0);
    struct waiter pair[2] = {{0, &word, 2 | PRIVATE}, {0, &queue, 2 | PRIVATE}};
    settle(&word, 2, PRIVATE);
    TRY(syscall(456, pair, 0, 0, 1)); // futex_requeue
    pair[0].value = 1;
    TRY(syscall(456, pair, 0, 0, 1));
    TRY(syscall(454, &word, ALL, 100, 2 | PRIVATE));
    await(1);
    TRY(syscall(454, &queue, ALL, 1, 2 | PRIVATE));
    printf("%ld %ld\n", join(a), join(b));
    struct timespec soon = later(CLOCK_MONOTONIC, 5);
    TRY(syscall(455, &word, 0L, ALL, 2 | PRIVATE, &soon, CLOCK_MONOTONIC));
    TRY(syscall(455, &word, 1L, ALL, 2 | PRIVATE, NULL, 0));
    TRY(syscall(455, &word, 0L, 0L, 2 | PRIVATE, NULL, 0));
    TRY(syscall(454, &word, ALL, 1, 64));
}
