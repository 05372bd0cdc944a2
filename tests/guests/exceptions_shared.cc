// C++ exceptions thrown in a library opened at run time, caught here; and thrown back through it.
// shared: thrower.cc
#include <cstdio>
#include <dlfcn.h>
#include <stdexcept>
static void callback(int n) { if (n == 7) throw 7.5; }
int main() {
    void *handle = dlopen("thrower.so", RTLD_NOW);
    auto raise_one = (void (*)(int))dlsym(handle, "raise_one");
    auto through = (int (*)(void (*)(int), int))dlsym(handle, "through");
    for (int i = 0; i < 500; i++) {
        try { raise_one(i); }
        catch (const std::logic_error &e) { if (i % 100 == 0) std::printf("%s\n", e.what()); }
    }
    try { through(callback, 10); } catch (double d) { std::printf("%g\n", d); }
    std::printf("%d\n", through([](int) {}, 5));
    dlclose(handle);
}
