// An eventfd as a semaphore shared by five threads; each unit is taken once.
#include "thread.h"
#include <sys/eventfd.h>
static int e;
static _Atomic long taken;
static void *takes(void *unused) {
    uint64_t one;
    long mine = 0;
    while (read(e, &one, 8) == 8 && one == 1) {
        if (atomic_fetch_add(&taken, 1) >= 200) break;
        mine++;
    }
    return (void *)mine;
}
int main(void) {
    e = eventfd(3, EFD_SEMAPHORE | EFD_CLOEXEC);
    pthread_t t[5];
    for (int i = 0; i < 5; i++) t[i] = start(takes, 0);
    for (int i = 0; i < 197; i++) write(e, &(uint64_t){1}, 8);
    write(e, &(uint64_t){5}, 8);
    long sum = 0;
    for (int i = 0; i < 5; i++) sum += join(t[i]);
    printf("%ld\n", sum);
    uint64_t n = -1;
    TRY(write(e, &n, 8));
    TRY(write(e, &n, 4));
    TRY(read(e, &n, 4));
    TRY(eventfd(0, 12345));
}
