// C++ exceptions: through many frames, with destructors, rethrown, nested, uncaught by one level.
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>
struct Noisy { int n; ~Noisy() { if (n % 10 == 0) std::printf("~%d\n", n); } };
static int down(int n) {
    Noisy noisy{n};
    if (n == 0) throw std::runtime_error("bottom");
    try { return down(n - 1) + 1; }
    catch (int) { return -1; }
}
int main() {
    for (int i = 0; i < 3; i++) {
        try { down(30 + i); }
        catch (const std::exception &e) { std::printf("caught %s\n", e.what()); }
    }
    int total = 0;
    for (int i = 0; i < 2000; i++) {
        try { try { throw i; } catch (int n) { if (n % 2) throw std::to_string(n); total += n; } }
        catch (const std::string &s) { total += s.size(); }
    }
    std::printf("%d\n", total);
    try { std::vector<int>().at(3); } catch (const std::out_of_range &) { std::puts("out of range"); }
    try { void *volatile p = ::operator new(1UL << 60); } catch (const std::bad_alloc &) { std::puts("bad alloc"); }
}
