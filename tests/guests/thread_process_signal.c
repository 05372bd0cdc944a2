// A signal to the process goes to the one thread that does not block it, whichever that is.
#include "thread.h"
static __thread int me;
static _Atomic int ran_in = -1;
static void handler(int sig, siginfo_t *info, void *context) { ran_in = me; }
static void *run(void *n) {
    me = NUMBER(n);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    step();
    await(5 + me * 3 - 2);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    step();
    while (ran_in < 0) sched_yield();
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    step();
    await(5 + 15);
    return NULL;
}
int main(void) {
    handle(SIGUSR1, handler, 0);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_t t[6];
    for (int i = 1; i < 6; i++) t[i] = start(run, i);
    await(5);
    for (int i = 1; i < 6; i++) {
        ran_in = -1;
        step();
        await(5 + i * 3 - 1);
        kill(getpid(), SIGUSR1);
        await(5 + i * 3);
        printf("%d in %d\n", i, ran_in);
    }
    for (int i = 1; i < 6; i++) join(t[i]);
    ran_in = -1;
    kill(getpid(), SIGUSR1);
    printf("nobody %d\n", ran_in);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    printf("main %d\n", ran_in);
}
