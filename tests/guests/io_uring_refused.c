// warns: io_uring is answered with ENOSYS while recording
// nondeterministic: natively it may work
#include "guest.h"
int main(void) {
    char parameters[120] = {0};
    long fd = syscall(SYS_io_uring_setup, 4, parameters);
    printf("%d\n", fd < 0);
}
