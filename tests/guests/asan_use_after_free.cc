// AddressSanitizer finds a use after free in a thread of a C++ program with exceptions.
// sanitizer: address
// build: -pthread
// env: ASAN_OPTIONS=symbolize=0
// nondeterministic:
// exit: 1
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
struct Node {
    std::string name;
    explicit Node(int n) : name("node number " + std::to_string(n) + " with a long name") {}
};
static int risky(int n) {
    if (n % 3 == 0) throw std::runtime_error("three");
    return n;
}
int main() {
    std::vector<std::unique_ptr<Node>> nodes;
    int caught = 0;
    for (int n = 0; n < 100; n++) {
        nodes.push_back(std::make_unique<Node>(n));
        try {
            risky(n);
        } catch (const std::exception &) {
            caught++;
        }
    }
    printf("caught %d\n", caught);
    fflush(stdout);
    Node *stale = nodes[50].get();
    nodes.clear();
    std::thread([stale] { printf("%zu\n", stale->name.size()); }).join();
}
