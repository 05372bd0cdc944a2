/* What guests with threads need. */
#pragma once
#include "guest.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <time.h>

/* Threads take their functions as `void *f(void *)`; small numbers go through the pointer. */
#define NUMBER(pointer) ((int)(intptr_t)(pointer))
#define POINTER(number) ((void *)(intptr_t)(number))

static inline pthread_t start(void *(*run)(void *), intptr_t argument) {
    pthread_t thread;
    int error = pthread_create(&thread, NULL, run, (void *)argument);
    if (error) printf("pthread_create: %s\n", strerrorname_np(error)), exit(99);
    return thread;
}

static inline intptr_t join(pthread_t thread) {
    void *result;
    int error = pthread_join(thread, &result);
    return error ? -error : (intptr_t)result;
}

/* Prints what a pthread function returned: 0 or the name of an error. */
#define PTRY(call)                                                                                 \
    ({                                                                                             \
        int error_ = (call);                                                                       \
        printf("%s: %s\n", #call, error_ ? strerrorname_np(error_) : "0");                         \
        error_;                                                                                    \
    })

static inline void nap(int milliseconds) { usleep(milliseconds * 1000); }

/* A step counter that orders threads: `await(n)` returns once `step` was called n times. */
static _Atomic int steps_;
static inline void step(void) {
    atomic_fetch_add(&steps_, 1);
    syscall(SYS_futex, &steps_, FUTEX_WAKE_PRIVATE, 1 << 30);
}
static inline void await(int n) {
    for (int now; (now = atomic_load(&steps_)) < n;)
        syscall(SYS_futex, &steps_, FUTEX_WAIT_PRIVATE, now, NULL);
}

/* Spins until `n` threads are here: they go on at the same time. */
static _Atomic int gate_;
static inline void gate(int n) {
    for (gate_++; gate_ < n;) {}
}

/* Signals a thread until it says that it is done: no kick can come too early. */
static inline void kick(pthread_t thread, int sig, _Atomic int *done) {
    while (!atomic_load(done)) {
        nap(2);
        if (!atomic_load(done)) pthread_kill(thread, sig);
    }
}

static inline long futex(void *word, int op, int value, const void *timeout, void *word2, int value3) {
    return syscall(SYS_futex, word, op, value, timeout, word2, value3);
}

/* Now plus some milliseconds, as absolute timeouts want it. */
static inline struct timespec later(clockid_t clock, int milliseconds) {
    struct timespec t;
    clock_gettime(clock, &t);
    long n = t.tv_nsec + milliseconds * 1000000L;
    return (struct timespec){t.tv_sec + n / 1000000000, n % 1000000000};
}
