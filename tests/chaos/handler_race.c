// A handler and what it interrupts change the same list.
#include "bug.h"
static volatile int count, items[4000];
static void add(int item) {
    int at = count;
    for (int tries = 0; tries < 3; tries++) items[at] = item;
    count = at + 1;
}
static volatile int handled, added;
static void usr1(int sig) {
    add(1);
    handled++;
}
static void *sender(void *arg) {
    for (int i = 0; i < 20; i++) {
        pthread_kill(*(pthread_t *)arg, SIGUSR1);
        work(30);
    }
    return 0;
}
int main(void) {
    signal(SIGUSR1, usr1);
    pthread_t me = pthread_self(), t = run(sender, &me);
    for (int i = 0; i < 300; i++) add(2), added++;
    join(t);
    if (count != added + handled) struck("an item is lost");
}
