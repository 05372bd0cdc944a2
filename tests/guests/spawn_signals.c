// posix_spawn's signal attributes: mask, defaults; handlers become defaults by themselves, ignored stays.
#include "proc.h"
#include <spawn.h>
static void handler(int sig) {}
static void state(void) {
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int sig = SIGHUP; sig <= SIGTERM; sig++) {
        struct sigaction action;
        sigaction(sig, NULL, &action);
        if (sigismember(&mask, sig) || action.sa_handler)
            printf("%s blocked %d %s\n", sigabbrev_np(sig), sigismember(&mask, sig),
                   action.sa_handler == SIG_IGN ? "ignored" : action.sa_handler ? "handled" : "default");
    }
}
static void spawn(const char *what, posix_spawnattr_t *attributes) {
    pid_t pid;
    puts(what);
    posix_spawn(&pid, "/proc/self/exe", NULL, attributes, (char *[]){"x", "state", NULL}, (char *[]){NULL});
    reap(what, pid);
}
int main(int argc, char **argv) {
    if (argc > 1) return state(), 0;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGUSR2, handler);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    spawn("no attributes", NULL);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &set);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    spawn("defaults", &attributes);
    sigaddset(&set, SIGTERM);
    posix_spawnattr_setsigmask(&attributes, &set);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    spawn("mask", &attributes);
    puts("parent");
    state();
}
