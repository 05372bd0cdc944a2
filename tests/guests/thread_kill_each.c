// Signals directed at threads run their handler there and nowhere else.
#include "thread.h"
static __thread int me;
static _Atomic int by[5];
static void handler(int sig, siginfo_t *info, void *context) {
    by[me] += sig == SIGUSR1 && info->si_code == SI_TKILL && info->si_pid == getpid();
    step();
}
static void *run(void *n) {
    me = NUMBER(n);
    step();
    while (by[me] < 3) pthread_yield();
    return POINTER(by[me]);
}
int main(void) {
    handle(SIGUSR1, handler, SA_RESTART);
    pthread_t t[5];
    for (int i = 1; i < 5; i++) t[i] = start(run, i);
    await(4);
    for (int round = 0; round < 3; round++)
        for (int i = 1; i < 5; i++) {
            pthread_kill(t[i], SIGUSR1);
            await(4 + round * 4 + i);
        }
    for (int i = 1; i < 5; i++) printf("%ld\n", join(t[i]));
    pthread_kill(pthread_self(), SIGUSR1);
    printf("main %d\n", by[0]);
    PTRY(pthread_kill(pthread_self(), 0));
    PTRY(pthread_kill(pthread_self(), 65));
}
