// libc changes the ids of all threads at once, by signalling each of them.
#include "thread.h"
static void *waits(void *how) {
    char byte;
    step();
    if (how) read(NUMBER(how), &byte, 1);
    else await(5);
    long uid = syscall(SYS_getuid), gid = syscall(SYS_getgid);
    return POINTER((uid == getuid()) * 10 + (gid == getgid()));
}
int main(void) {
    int p[2];
    pipe(p);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(waits, i % 2 ? p[0] : 0);
    await(4);
    TRY(setresgid(-1, getgid(), getgid()));
    TRY(setreuid(getuid(), getuid()));
    TRY(setgid(getgid()));
    write(p[1], "xx", 2);
    step();
    for (int i = 0; i < 4; i++) printf("%ld\n", join(t[i]));
}
