/* What guests of blocking calls need: a call that blocks in one thread while another goes on. */
#pragma once
#include "thread.h"

static struct { void (*call)(void); _Atomic int begun, done; } blocked_;
static void *blocks_(void *unused) {
    blocked_.begun = 1;
    blocked_.call();
    blocked_.done = 1;
    return NULL;
}

/* Starts the call; when this returns it has probably begun to block, and must not have ended. */
static inline pthread_t block(void (*call)(void)) {
    blocked_.call = call;
    blocked_.begun = blocked_.done = 0;
    pthread_t thread = start(blocks_, 0);
    while (!blocked_.begun) sched_yield();
    nap(3);
    if (blocked_.done) puts("it did not block");
    return thread;
}

/* Signals the thread until the call has returned. */
static inline void interrupt(pthread_t thread) {
    kick(thread, SIGUSR1, &blocked_.done);
    join(thread);
}
static void ignore_(int sig, siginfo_t *info, void *context) {}
static inline void interruptible(void) { handle(SIGUSR1, ignore_, 0); }
