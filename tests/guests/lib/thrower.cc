#include <cstdio>
#include <stdexcept>
#include <string>
struct Guard { ~Guard() { std::puts("unwound through the library"); } };
extern "C" void raise_one(int n) { throw std::logic_error("number " + std::to_string(n)); }
extern "C" int through(void (*f)(int), int n) {
    Guard guard;
    for (int i = 0; i < n; i++) f(i);
    return n;
}
