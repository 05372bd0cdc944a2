// posix_spawn's group and session attributes.
#include "proc.h"
#include <spawn.h>
static void spawn(const char *what, short flags, pid_t group) {
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, flags);
    posix_spawnattr_setpgroup(&attributes, group);
    char numbers[2][20];
    sprintf(numbers[0], "%d", getpgrp());
    sprintf(numbers[1], "%d", getsid(0));
    pid_t pid;
    int error = posix_spawn(&pid, "/proc/self/exe", NULL, &attributes,
                            (char *[]){"x", (char *)what, numbers[0], numbers[1], NULL}, (char *[]){NULL});
    if (error)
        printf("%s: %s\n", what, strerrorname_np(error));
    else
        reap(what, pid);
}
int main(int argc, char **argv) {
    if (argc > 1) {
        printf("%s: leads group %d session %d, parent's group %d session %d\n", argv[1], getpgrp() == getpid(),
               getsid(0) == getpid(), getpgrp() == atoi(argv[2]), getsid(0) == atoi(argv[3]));
        return 0;
    }
    spawn("nothing", 0, 0);
    spawn("own group", POSIX_SPAWN_SETPGROUP, 0);
    spawn("group of the parent", POSIX_SPAWN_SETPGROUP, getpgrp());
    spawn("session", POSIX_SPAWN_SETSID, 0);
    spawn("group that is none", POSIX_SPAWN_SETPGROUP, 0x7fffffff);
    spawn("ids", POSIX_SPAWN_RESETIDS, 0);
}
