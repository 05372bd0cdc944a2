// Strict mode: read, write and exit are all that is left.
#include "seccomp.h"

int main(void) {
    int ends[2];
    pipe(ends);
    reap("exits", CHILD({
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
        write(ends[1], "x", 1);
        char got;
        read(ends[0], &got, 1);
        syscall(SYS_exit, got == 'x' ? 9 : 1);
    }));
    reap("killed", CHILD({
        syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL);
        getpid();
        syscall(SYS_getppid);
    }));
}
