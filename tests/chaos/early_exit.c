// main returns without waiting for the thread that writes its results.
#include "bug.h"
static volatile int written;
static void at_end(void) {
    if (!written) struck("results are not written");
}
static void *writer(void *arg) {
    work(1000);
    written = 1;
    return 0;
}
int main(void) {
    atexit(at_end);
    pthread_detach(run(writer, 0));
    usleep(20000);
}
