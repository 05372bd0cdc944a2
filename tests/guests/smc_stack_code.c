// A nested function's trampoline on an executable stack.
// build: -Wl,-z,execstack -O0
#include "guest.h"
static int apply(int (*function)(int), int n) { return n ? function(n) + apply(function, n - 1) : 0; }
int main(void) {
    long total = 0;
    for (int k = 0; k < 50; k++) {
        int add(int n) { return n * k; }
        total += apply(add, 20);
    }
    printf("%ld\n", total);
}
