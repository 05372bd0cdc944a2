// A failing assertion.
// exit: signal ABRT
#include "guest.h"
#include <assert.h>
int main(void) {
    volatile int two = 2;
    assert(two == 3);
}
