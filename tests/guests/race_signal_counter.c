// A handler interrupts a plain addition: how many updates were lost?
// nondeterministic: the moment of the signal is the point
#include "thread.h"
static volatile long counter, handled;
static _Atomic int stop;
static void handler(int sig, siginfo_t *info, void *context) { counter++, handled++; }
static void *sends(void *to) {
    while (!stop) pthread_kill((pthread_t)to, SIGUSR1), usleep(50);
    return NULL;
}
int main(void) {
    handle(SIGUSR1, handler, 0);
    pthread_t t = start(sends, pthread_self());
    while (handled < 100)
        for (int i = 0; i < 1000; i++) counter = counter * 3 % 1000003 + 1;
    stop = 1;
    join(t);
    printf("%ld after %ld\n", counter, handled);
}
