// A synchronous fault cannot be ignored.
// exit: signal FPE
#include "guest.h"
int main(void) {
    signal(SIGFPE, SIG_IGN);
    puts("dividing");
    volatile int zero = 0;
    return printf("%d\n", 7 / zero);
}
