// A shared library opened, called, closed, a hundred times; then a second one at perhaps the same place.
// shared: plus.c times.c
// libs: -ldl
#include "guest.h"
#include <dlfcn.h>
static int call(const char *library, int x) {
    void *handle = dlopen(library, RTLD_NOW);
    if (!handle) return puts(dlerror()), -1;
    int (*function)(int) = dlsym(handle, "apply");
    x = function(x);
    dlclose(handle);
    return x;
}
int main(void) {
    int x = 1;
    for (int i = 0; i < 100; i++) x = call(i % 3 ? "plus.so" : "times.so", x) % 1000003;
    printf("%d\n", x);
    printf("%d\n", dlopen("none.so", RTLD_NOW) == NULL);
}
