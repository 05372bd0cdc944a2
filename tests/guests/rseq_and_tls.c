// Thread-local storage, fs and gs base, robust list and tid address of the only thread.
#include "guest.h"
#include <asm/prctl.h>
static __thread int local = 5;
static __thread char big[5000];
int main(void) {
    local += 2;
    strcpy(big + 4000, "thread-local");
    long fs, self, gs = 0x1234000;
    syscall(SYS_arch_prctl, ARCH_GET_FS, &fs);
    asm("mov %%fs:0, %0" : "=r"(self));
    printf("%d %s %d\n", local, big + 4000, fs == self);
    TRY(syscall(SYS_arch_prctl, ARCH_SET_GS, &local));
    asm("movl %%gs:0, %k0" : "=r"(self));
    printf("%d\n", (int)self);
    syscall(SYS_arch_prctl, ARCH_GET_GS, &gs);
    printf("%d\n", gs == (long)&local);
    TRY(syscall(SYS_set_tid_address, &local) == getpid());
    long head, size;
    TRY(syscall(SYS_get_robust_list, 0, &head, &size));
    printf("%ld\n", size);
    TRY(syscall(SYS_arch_prctl, 0x9999, 0));
}
