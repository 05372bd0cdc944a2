// futex_waitv for words of private and of shared memory at once: each of them wakes it.
#include "futex.h"
struct waiter { uint64_t value; void *word; uint32_t flags, reserved; };
static int own[2], *theirs;
static _Atomic long result;
static long waitv(struct timespec *end) {
    struct waiter w[4] = {{0, own, 2}, {0, theirs, 2}, {0, own + 1, 2 | PRIVATE}, {0, theirs + 1, 2}};
    return syscall(449, w, 4, 0, end, CLOCK_MONOTONIC);
}
static void *waits(void *unused) {
    result = waitv(NULL);
    return NULL;
}
static void ignore(int sig, siginfo_t *info, void *context) {}
static _Atomic int done;
static void *interrupted(void *unused) {
    TRY(waitv(NULL));
    done = 1;
    return NULL;
}
int main(void) {
    theirs = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    void *words[] = {own, theirs, own + 1, theirs + 1};
    for (int i = 0; i < 4; i++) {
        pthread_t t = start(waits, 0);
        while (!futex(words[i], FUTEX_WAKE | (i == 2 ? PRIVATE : 0), 1, NULL, NULL, 0)) sched_yield();
        join(t);
        printf("%ld\n", result);
    }
    struct timespec soon = later(CLOCK_MONOTONIC, 5);
    TRY(waitv(&soon));
    theirs[1] = 1;
    TRY(waitv(NULL));
    theirs[1] = 0, own[0] = 1;
    TRY(waitv(NULL));
    own[0] = 0;
    handle(SIGUSR1, ignore, 0);
    pthread_t t = start(interrupted, 0);
    kick(t, SIGUSR1, &done);
    join(t);
}
