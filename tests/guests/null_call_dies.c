// A call of NULL without a handler.
// exit: signal SEGV
#include "guest.h"
int main(void) {
    puts("calling");
    void (*volatile nothing)(void) = NULL;
    nothing();
}
