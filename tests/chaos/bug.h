// What the buggy programs share. When a bug strikes they say so and exit 1, crash, or hang.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static inline void struck(const char *what) {
    dprintf(1, "bug: %s\n", what);
    _exit(1);
}
static inline void hung(int sig) { struck("hangs"); }
// A hang ends after some seconds.
static inline void watchdog(void) {
    signal(SIGALRM, hung);
    alarm(6);
}
static inline pthread_t run(void *(*f)(void *), void *arg) {
    pthread_t t;
    if (pthread_create(&t, 0, f, arg)) abort();
    return t;
}
static inline void join(pthread_t t) { pthread_join(t, 0); }
static inline void work(int n) {
    for (volatile int i = 0; i < n; i++) {}
}
