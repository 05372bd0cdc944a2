// Two threads open, call and close two libraries over and over, while a third calls into libc.
// shared: plus.c times.c
// libs: -ldl
#include "jit.h"
#include <dlfcn.h>
static void *loads(void *library) {
    int x = 1;
    for (int i = 0; i < 60; i++) {
        void *handle = dlopen(library, i % 2 ? RTLD_NOW : RTLD_LAZY);
        int (*apply)(int) = dlsym(handle, "apply");
        x = apply(x) % 1000003;
        dlclose(handle);
    }
    return POINTER(x);
}
static void *formats(void *unused) {
    char text[100];
    uint64_t hash = 0;
    for (int i = 0; i < 1000; i++) hash ^= hash_bytes(text, sprintf(text, "%d %f %s", i, i / 7.0, "text"));
    return (void *)hash;
}
int main(void) {
    pthread_t a = start(loads, (intptr_t)"plus.so"), b = start(loads, (intptr_t)"times.so");
    pthread_t c = start(formats, 0);
    printf("%ld\n", join(a));
    printf("%ld\n", join(b));
    printf("%lx\n", join(c));
}
