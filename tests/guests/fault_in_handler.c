// A fault inside its own handler, with the signal blocked: death.
// exit: signal SEGV
#include "guest.h"
static void segv(int sig) {
    puts("once");
    *(volatile int *)16 = 1;
}
int main(void) {
    signal(SIGSEGV, segv);
    *(volatile int *)8 = 1;
}
