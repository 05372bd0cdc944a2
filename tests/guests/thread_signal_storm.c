// Ten thousand queued real-time signals between threads: none is lost, all in order.
#include "thread.h"
static volatile __thread int expected;
static _Atomic int wrong, total;
static void handler(int sig, siginfo_t *info, void *context) {
    wrong += info->si_value.sival_int != expected++ || info->si_code != SI_QUEUE;
    total++;
}
static void *gets(void *unused) {
    step();
    while (expected < 2500) sched_yield();
    return POINTER(expected);
}
static void *sends(void *to) {
    for (int i = 0; i < 2500; i++)
        while (pthread_sigqueue((pthread_t)to, SIGRTMIN + 5, (union sigval){.sival_int = i}) == EAGAIN)
            sched_yield(); // the queue is full
    return NULL;
}
int main(void) {
    handle(SIGRTMIN + 5, handler, SA_RESTART);
    pthread_t receivers[4], senders[4];
    for (int i = 0; i < 4; i++) receivers[i] = start(gets, 0);
    await(4);
    for (int i = 0; i < 4; i++) senders[i] = start(sends, receivers[i]);
    for (int i = 0; i < 4; i++) join(senders[i]), printf("%ld\n", join(receivers[i]));
    printf("wrong %d of %d\n", wrong, total);
}
