// posix_spawn and vfork children that duplicate onto numbers the recorder likes; their parent's stay as they are.
// exit: 3
#include "proc.h"
#include <spawn.h>
static void look(const char *who) {
    printf("%s:", who);
    for (int fd = 990; fd < 1020; fd++)
        if (fcntl(fd, F_GETFD) >= 0) printf(" %d", fd);
    printf("\n");
}
int main(int argc, char **argv) {
    if (argc > 1) {
        look(argv[1]);
        return 3;
    }
    fflush(stdout);
    for (int round = 0; round < 2; round++) {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        for (int to = 998; to < 1012; to += round + 1) posix_spawn_file_actions_adddup2(&actions, 1, to);
        pid_t pid;
        posix_spawn(&pid, "/proc/self/exe", &actions, NULL, (char *[]){"x", "spawned", NULL}, (char *[]){NULL});
        reap("child", pid);
        look("parent");
    }
    pid_t pid = vfork();
    if (!pid) {
        for (int to = 998; to < 1012; to++) dup2(1, to);
        _exit(fcntl(1003, F_GETFD) == 0 ? 4 : 5);
    }
    reap("vfork child", pid);
    look("parent");
    for (int i = 0; i < 3; i++) reap("forked", CHILD(look("forked")));
    execl("/proc/self/exe", argv[0], "executed", NULL);
}
