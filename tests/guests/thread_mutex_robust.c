// Robust mutexes whose owner dies: made consistent, or never recoverable again; also with PI.
#include "thread.h"
static pthread_mutex_t mutex;
static void *dies(void *unused) {
    PTRY(pthread_mutex_lock(&mutex));
    step();
    nap(5); // main probably waits now
    return NULL;
}
static void *takes(void *unused) {
    PTRY(pthread_mutex_lock(&mutex));
    return NULL;
}
static void with(int protocol) {
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setprotocol(&attr, protocol);
    pthread_mutex_init(&mutex, &attr);
    steps_ = 0;
    pthread_t t = start(dies, 0);
    await(1);
    PTRY(pthread_mutex_lock(&mutex));
    PTRY(pthread_mutex_consistent(&mutex));
    PTRY(pthread_mutex_unlock(&mutex));
    join(t);
    join(start(takes, 0)); // dies with it, nobody waits
    PTRY(pthread_mutex_trylock(&mutex));
    PTRY(pthread_mutex_unlock(&mutex)); // not made consistent
    PTRY(pthread_mutex_lock(&mutex));
    join(start(takes, 0));
    PTRY(pthread_mutex_destroy(&mutex));
}
int main(void) {
    with(PTHREAD_PRIO_NONE);
    with(PTHREAD_PRIO_INHERIT);
}
