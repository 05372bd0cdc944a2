// Four processes add to counters in shared anonymous memory, atomically: each sum is exact.
#include "proc.h"
#include <stdatomic.h>
int main(void) {
    struct { atomic_long add, exchanged; atomic_uint bits; } *shared;
    shared = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pids[4];
    for (int i = 0; i < 4; i++)
        pids[i] = CHILD(for (int k = 0; k < 50000; k++) {
            shared->add += i + 1;
            long old = shared->exchanged;
            while (!atomic_compare_exchange_weak(&shared->exchanged, &old, old + k)) {}
            shared->bits ^= (k * 2654435761u) >> i;
        });
    for (int i = 0; i < 4; i++) reap("child", pids[i]);
    printf("%ld %ld %x\n", shared->add, shared->exchanged, shared->bits);
}
