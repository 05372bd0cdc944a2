// Code memory freed by munmap and used again at the same address for other code, by other threads.
#include "jit.h"
static void *place;
static void *runs(void *unused) { return POINTER(run(place)); }
int main(void) {
    place = pages(1, RW);
    munmap(place, PAGE);
    long sum = 0;
    for (int i = 0; i < 200; i++) {
        void *at = mmap(place, PAGE, i % 2 ? RWX : RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (at != place) return puts("taken"), 1;
        emit(at, i);
        if (i % 2 == 0) mprotect(at, PAGE, RX);
        sum = sum * 3 % 1000003 + run(at);
        if (i % 20 == 0) sum += join(start(runs, 0));
        munmap(at, PAGE);
    }
    printf("%ld\n", sum);
}
