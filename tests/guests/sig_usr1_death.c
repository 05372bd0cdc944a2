// The default action of a signal sent to oneself.
// exit: signal USR1
#include "guest.h"
int main(void) {
    puts("before");
    kill(getpid(), SIGUSR1);
    puts("never");
}
