// A stack overflow with a handler that has no stack to run on: dies of SIGSEGV.
// exit: signal SEGV
#include "guest.h"
static void segv(int sig) { puts("never"); }
static int overflow(int n) {
    volatile char frame[1000];
    frame[n % 1000] = n;
    return overflow(n + 1) + frame[0];
}
int main(void) {
    signal(SIGSEGV, segv);
    puts("going down");
    return overflow(0);
}
