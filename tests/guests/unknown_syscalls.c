// Numbers that are no system calls, and calls nobody implements any more.
// warns: unknown calls may be warned about
#include "guest.h"
int main(void) {
    TRY(syscall(467 + 500, 1, 2, 3, 4, 5, 6));
    TRY(syscall(400));
    TRY(syscall(-1));
    TRY(syscall(0x40000000 | SYS_getpid) > 0 ? -1 : 0);
    TRY(syscall(SYS_vserver));
    TRY(syscall(SYS_afs_syscall));
    TRY(syscall(SYS_getpmsg));
    TRY(syscall(SYS_uselib, "x"));
    TRY(syscall(1UL << 32 | SYS_getppid) > 0);
}
