// Signals interrupt FUTEX_WAIT, but with SA_RESTART only one that has a timeout.
#include "futex.h"
static int word, queue;
static _Atomic int done, hits;
static void handler(int sig, siginfo_t *info, void *context) { hits++; }
static void *waits(void *timed) {
    struct timespec long_ = {1000};
    long result = futex(&word, FUTEX_WAIT | PRIVATE, 0, timed ? &long_ : NULL, NULL, 0);
    int error = errno;
    done = 1;
    return POINTER(result ? -error : 0);
}
int main(void) {
    for (int flags = 0; flags < 4; flags++) {
        handle(SIGUSR1, handler, flags & 1 ? SA_RESTART : 0);
        done = hits = 0;
        pthread_t t = start(waits, flags & 2);
        if (flags == 1) {
            while (hits < 5) pthread_kill(t, SIGUSR1), nap(1);
            while (!futex(&word, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0)) sched_yield();
        } else
            kick(t, SIGUSR1, &done);
        long result = join(t);
        printf("%s\n", result ? strerrorname_np(-result) : "woken");
    }
}
