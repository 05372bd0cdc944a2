// userfaultfd is answered with an error while recording; programs then go without.
// warns: userfaultfd is answered with ENOSYS while recording
// nondeterministic: natively it may work
#include "thread.h"
int main(void) {
    printf("%d\n", syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK) < 0);
    printf("%d\n", syscall(SYS_userfaultfd, 1 | O_CLOEXEC) < 0);
}
