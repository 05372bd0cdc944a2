// A memfd mapped twice: one thread writes through the one view, others run through the other.
#include "jit.h"
static unsigned char *view, *text;
static _Atomic int published;
static void *runs(void *n) {
    long hash = 0;
    for (int i = 1; i <= 100; i++) {
        while (published < i) sched_yield();
        hash = hash * 31 + run(text + i % 200 * 16);
    }
    return (void *)hash;
}
int main(void) {
    int fd = memfd_create("code", MFD_CLOEXEC);
    ftruncate(fd, PAGE);
    view = mmap(0, PAGE, RW, MAP_SHARED, fd, 0);
    text = mmap(0, PAGE, RX, MAP_SHARED, fd, 0);
    close(fd);
    pthread_t t[2];
    for (int i = 0; i < 2; i++) t[i] = start(runs, i);
    for (int i = 1; i <= 100; i++) {
        emit(view + i % 200 * 16, i * 7);
        published = i;
        if (i % 10 == 0) sched_yield();
    }
    for (int i = 0; i < 2; i++) printf("%lx\n", join(t[i]));
    emit(view + 16, 5555); // one that was run before
    printf("%d\n", run(text + 16));
}
