// Loads a library, calls it, closes it.
// library: plugin.c
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    char path[4096];
    strcpy(path, argv[0]);
    strcpy(strrchr(path, '/') + 1, "plugin.so");
    void *library = dlopen(path, RTLD_NOW);
    int (*plugin)(int) = (int (*)(int))dlsym(library, "plugin");
    int result = plugin(4) + plugin(5);
    printf("%d\n", result);
    dlclose(library);
    return 0;
}
