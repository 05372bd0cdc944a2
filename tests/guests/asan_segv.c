// AddressSanitizer's handler reports a null pointer's use, on an alternate stack.
// sanitizer: address
// env: ASAN_OPTIONS=symbolize=0:use_sigaltstack=1
// nondeterministic:
// exit: 1
#include "guest.h"
int main(int argc, char **argv) {
    volatile int *p = (int *)(intptr_t)(argc - 1);
    return *p;
}
