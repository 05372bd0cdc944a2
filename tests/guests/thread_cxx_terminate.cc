// An exception that leaves a thread's function ends the process by abort.
// exit: signal ABRT
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>
int main() {
    setvbuf(stdout, nullptr, _IOLBF, 0);
    std::set_terminate([] {
        puts("terminate");
        abort();
    });
    std::thread([] { throw 5; }).join();
}
