// A stack protector that catches an overflow.
// build: -fstack-protector-all
// exit: signal ABRT
#include "guest.h"
static __attribute__((noinline)) void smash(volatile char *p, int n) {
    for (int i = 0; i < n; i++) p[i] = 'x';
}
int main(void) {
    char buffer[16];
    smash(buffer, 40);
}
