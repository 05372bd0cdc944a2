// SIGALRM without a handler ends a sleeping program.
// exit: signal ALRM
#include "guest.h"
int main(void) {
    puts("sleeping");
    alarm(1);
    sleep(20);
    puts("never");
}
