// MADV_DONTNEED by one thread while others read: they see the old value or zero, nothing else.
#include "thread.h"
static volatile int *memory;
static _Atomic int stop;
static void *reads(void *unused) {
    long wrong = 0;
    step();
    while (!stop)
        for (int p = 0; p < 8; p++) {
            int value = memory[p * PAGE / 4];
            wrong += value != 0 && value != 77;
        }
    return (void *)wrong;
}
int main(void) {
    memory = mmap(0, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(reads, 0);
    await(3);
    long kept = 0;
    for (int i = 0; i < 500; i++) {
        for (int p = 0; p < 8; p++) memory[p * PAGE / 4] = 77;
        madvise((void *)memory, 8 * PAGE, MADV_DONTNEED);
        for (int p = 0; p < 8; p++) kept += memory[p * PAGE / 4];
    }
    stop = 1;
    for (int i = 0; i < 3; i++) printf("%ld\n", join(t[i]));
    printf("%ld\n", kept);
}
