// C++20: atomic wait and notify, latch, barrier with completion, counting semaphore, jthread stops.
// build: -std=c++20
#include <atomic>
#include <barrier>
#include <cstdio>
#include <latch>
#include <semaphore>
#include <thread>
#include <vector>
int main() {
    std::atomic<int> token{0};
    long hash = 0;
    std::vector<std::thread> threads;
    for (int me = 0; me < 3; me++)
        threads.emplace_back([&, me] {
            for (int turn = me; turn < 90; turn += 3) {
                for (int now; (now = token.load()) != turn;) token.wait(now);
                hash = hash * 7 + me;
                token++;
                token.notify_all();
            }
        });
    for (auto &thread : threads) thread.join();
    printf("%lx\n", hash);
    std::latch latch(3);
    std::atomic<char> byte{0}; // not the size of a futex: waits through a table of proxies
    std::counting_semaphore<10> semaphore(0);
    int phases = 0;
    auto completed = [&]() noexcept { phases++; };
    std::barrier barrier(3, completed);
    threads.clear();
    for (int i = 0; i < 3; i++)
        threads.emplace_back([&] {
            latch.arrive_and_wait();
            byte.wait(0);
            for (int p = 0; p < 10; p++) barrier.arrive_and_wait();
            semaphore.release();
        });
    latch.wait();
    byte = 1;
    byte.notify_all();
    for (int i = 0; i < 3; i++) semaphore.acquire();
    for (auto &thread : threads) thread.join();
    printf("%d %d\n", phases, semaphore.try_acquire_for(std::chrono::milliseconds(2)));
    int loops = 0;
    {
        std::jthread stopped([&](std::stop_token stop) {
            while (!stop.stop_requested()) std::this_thread::yield();
            loops = 1;
        });
    }
    printf("%d\n", loops);
}
