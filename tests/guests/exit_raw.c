// _exit without flushing: only what was written is there.
// exit: 3
#include "guest.h"
int main(void) {
    setvbuf(stdout, NULL, _IOFBF, 4096);
    printf("lost");
    write(1, "kept\n", 5);
    _exit(3);
}
