// C++ threads: lambdas, captured exceptions, mutexes, shared locks, condition variables, call_once.
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
int main() {
    std::mutex mutex;
    std::condition_variable cond;
    std::shared_mutex shared;
    std::once_flag once;
    int turn = 0, value = 0, onces = 0;
    std::string text;
    std::vector<std::exception_ptr> errors(5);
    std::vector<std::thread> threads;
    for (int i = 0; i < 5; i++)
        threads.emplace_back([&, i] {
            std::call_once(once, [&] { onces++; });
            {
                std::unique_lock lock(mutex);
                cond.wait(lock, [&] { return turn == i; });
                text += "thread " + std::to_string(i) + ", ";
                turn++;
                cond.notify_all();
            }
            try {
                std::shared_lock lock(shared);
                if (i % 2) throw std::runtime_error("odd " + std::to_string(i + value));
            } catch (...) {
                errors[i] = std::current_exception();
            }
        });
    for (auto &thread : threads) thread.join();
    puts(text.c_str());
    for (auto &error : errors) {
        try {
            if (error) std::rethrow_exception(error);
            puts("none");
        } catch (std::exception &e) {
            puts(e.what());
        }
    }
    printf("%d %d\n", onces, threads[0].joinable());
}
