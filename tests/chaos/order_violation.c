// A thread uses what its maker sets after making it.
#include "bug.h"
static char *volatile name;
static void *worker(void *arg) {
    usleep(500); // something else comes first
    if (!name) struck("the worker runs before its name is set");
    return 0;
}
int main(void) {
    pthread_t t = run(worker, 0);
    name = "worker";
    join(t);
}
