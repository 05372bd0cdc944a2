// icebp (0xf1) raises SIGTRAP; some hypervisors report the instruction itself, so jump away from it.
#include "guest.h"
static sigjmp_buf back;
static void trap(int sig) { siglongjmp(back, sig); }
int main(void) {
    signal(SIGTRAP, trap);
    int sig = sigsetjmp(back, 1);
    if (!sig) asm volatile(".byte 0xf1");
    printf("signal %d\n", sig);
}
