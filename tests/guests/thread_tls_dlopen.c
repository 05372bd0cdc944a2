// Thread-local storage of a library opened when threads exist already; closed and opened again.
// shared: local.c
// libs: -ldl
#include "thread.h"
#include <dlfcn.h>
static long (*count)(void);
static void *before(void *n) {
    await(1);
    long seen = 0;
    for (int i = 0; i < NUMBER(n); i++) seen = count();
    return (void *)seen;
}
int main(void) {
    pthread_t early[3];
    for (int i = 0; i < 3; i++) early[i] = start(before, i + 2);
    void *handle = dlopen("local.so", RTLD_NOW);
    count = dlsym(handle, "count");
    printf("%ld %ld\n", count(), count());
    step();
    for (int i = 0; i < 3; i++) printf("%ld\n", join(early[i]));
    printf("%ld\n", join(start(before, 6)));
    for (int round = 0; round < 5; round++) {
        dlclose(handle);
        handle = dlopen("local.so", RTLD_NOW);
        count = dlsym(handle, "count");
        printf("%ld %ld\n", count(), join(start(before, 3)));
    }
}
