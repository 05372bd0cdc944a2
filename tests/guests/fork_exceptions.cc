// C++ exceptions thrown before, across and after a fork, in child and parent.
#include <cstdio>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
static pid_t pid = -1;
struct Noisy {
    const char *name;
    ~Noisy() { std::printf("%s: ~%s\n", pid ? "parent" : "child", name), std::fflush(stdout); }
};
static void down(int depth) {
    Noisy noisy{depth ? "middle" : "inner"};
    if (depth) return down(depth - 1);
    pid = fork();
    if (pid) wait(nullptr);
    throw std::runtime_error(pid ? "thrown by the parent" : "thrown by the child");
}
int main() {
    Noisy outer{"outer"};
    try {
        down(2);
    } catch (const std::exception &e) {
        std::printf("%s\n", e.what());
        std::fflush(stdout);
    }
    try {
        throw std::string("second");
    } catch (const std::string &) {
        pid_t before = pid;
        pid = before ? fork() : 0;
        if (before && pid) wait(nullptr);
        try {
            throw;
        } catch (const std::string &text) {
            std::printf("%s: rethrown %s\n", pid ? "parent" : "child", text.c_str());
            std::fflush(stdout);
        }
    }
}
