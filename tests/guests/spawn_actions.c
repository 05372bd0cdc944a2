// posix_spawn's file actions in their order: open, dup2, close, closefrom, chdir; one that fails.
#include "proc.h"
#include <spawn.h>
int main(void) {
    mkdir("sub", 0755);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 5, "output", O_CREAT | O_WRONLY, 0600);
    posix_spawn_file_actions_adddup2(&actions, 5, 1);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    posix_spawn_file_actions_addclose(&actions, 5);
    posix_spawn_file_actions_addchdir_np(&actions, "sub");
    posix_spawn_file_actions_addopen(&actions, 0, "../input", O_RDONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    int fd = open("input", O_CREAT | O_WRONLY, 0600);
    write(fd, "some input\n", 11);
    pid_t pid;
    char *args[] = {"sh", "-c", "cat; basename $(pwd); echo to stderr >&2; ls /proc/self/fd | wc -l", NULL};
    posix_spawn(&pid, "/bin/sh", &actions, NULL, args, (char *[]){"PATH=/bin:/usr/bin", NULL});
    reap("shell", pid);
    char text[1000];
    slurp("output", text, sizeof text);
    printf("%s", text);
    posix_spawn_file_actions_addopen(&actions, 0, "missing", O_RDONLY, 0);
    printf("%s\n", strerrorname_np(posix_spawn(&pid, "/bin/true", &actions, NULL, args, NULL)));
    TRY(wait(NULL));
}
