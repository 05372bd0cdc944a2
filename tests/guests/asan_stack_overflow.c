// AddressSanitizer finds a write behind an array on the stack, and goes on.
// sanitizer: address
// build: -fsanitize-recover=address
// env: ASAN_OPTIONS=halt_on_error=0:symbolize=0
// nondeterministic:
#include "guest.h"
static __attribute__((noinline)) void set(char *p, int n) { p[n] = 1; }
int main(int argc, char **argv) {
    char local[16] = "";
    set(local, 15 + argc);
    puts("behind");
    return local[0];
}
