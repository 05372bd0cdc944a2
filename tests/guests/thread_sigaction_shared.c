// Dispositions are shared: a handler that one thread installs or ignores holds for all.
#include "thread.h"
static __thread int hits;
static void first(int sig, siginfo_t *info, void *context) { hits += 1; }
static void second(int sig, siginfo_t *info, void *context) { hits += 10; }
static void *run(void *unused) {
    for (int stage = 1; stage <= 4; stage++) {
        raise(SIGUSR1);
        step();
        await(stage * 2);
    }
    return POINTER(hits);
}
int main(void) {
    handle(SIGUSR1, first, 0);
    pthread_t t = start(run, 0);
    await(1);
    handle(SIGUSR1, second, 0);
    step();
    await(3);
    signal(SIGUSR1, SIG_IGN);
    step();
    await(5);
    handle(SIGUSR1, first, SA_RESETHAND);
    step();
    await(7);
    struct sigaction now;
    sigaction(SIGUSR1, NULL, &now);
    printf("reset %d\n", now.sa_handler == SIG_DFL);
    step();
    printf("%ld\n", join(t));
}
