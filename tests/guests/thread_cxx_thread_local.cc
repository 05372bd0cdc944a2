// C++ thread_local objects: constructed on first use in each thread, destroyed at its end, in order.
#include <cstdio>
#include <string>
#include <thread>
struct Noisy {
    std::string name;
    Noisy(const char *n) : name(n) { printf("construct %s\n", n); }
    ~Noisy() { printf("destroy %s\n", name.c_str()); }
};
thread_local Noisy first("first");
thread_local Noisy second("second");
static thread_local int plain = [] { return puts("dynamic initialiser"), 5; }();
static void use(bool both) {
    plain++;
    printf("%s %d\n", both ? second.name.c_str() : "none", plain);
    static Noisy shared("static");
    shared.name += "+";
    first.name += " of a thread";
}
int main() {
    std::thread(use, true).join();
    std::thread([] { puts("uses nothing"); }).join();
    std::thread(use, false).join();
    use(true);
}
