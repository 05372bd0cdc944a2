// C++ futures: async both ways, promises with values and exceptions, packaged tasks, shared futures.
#include <cstdio>
#include <future>
#include <stdexcept>
#include <thread>
static int fibonacci(int n) {
    if (n < 2) return n;
    auto left = std::async(n > 12 ? std::launch::async : std::launch::deferred, fibonacci, n - 1);
    return fibonacci(n - 2) + left.get();
}
int main() {
    printf("%d\n", fibonacci(16));
    std::promise<int> value, broken, error;
    auto a = value.get_future(), c = error.get_future();
    std::future<int> b;
    {
        std::promise<int> dropped;
        b = dropped.get_future();
    }
    std::thread setter([&] {
        value.set_value(42);
        error.set_exception(std::make_exception_ptr(std::logic_error("by exception")));
    });
    printf("%d\n", a.get());
    try { b.get(); } catch (std::future_error &e) { puts(e.code().message().c_str()); }
    try { c.get(); } catch (std::logic_error &e) { puts(e.what()); }
    setter.join();
    std::packaged_task<int(int)> task([](int x) { return x * 2; });
    auto doubled = task.get_future().share();
    std::thread runner(std::move(task), 21), first([=] { doubled.wait(); });
    printf("%d %d\n", doubled.get(), doubled.get());
    runner.join();
    first.join();
    std::promise<void> never;
    printf("%d\n", never.get_future().wait_for(std::chrono::milliseconds(3)) == std::future_status::timeout);
}
