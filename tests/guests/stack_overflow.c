// A stack overflow without a handler.
// exit: signal SEGV
#include "guest.h"
static int overflow(int n) {
    volatile char frame[1000];
    frame[n % 1000] = n;
    return overflow(n + 1) + frame[0];
}
int main(void) {
    puts("going down");
    return overflow(0);
}
