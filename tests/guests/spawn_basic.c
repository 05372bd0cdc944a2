// posix_spawn and posix_spawnp start programs with arguments and an environment of their own.
#include "proc.h"
#include <spawn.h>
extern char **environ;
int main(int argc, char **argv) {
    if (argc > 1) {
        printf("%s %s %s NAME=%s PATH %d\n", argv[0], argv[1], argv[2], getenv("NAME"), getenv("PATH") != NULL);
        return 6;
    }
    pid_t pid;
    char *args[] = {"spawned", "one", "", NULL}, *env[] = {"NAME=value", NULL};
    int error = posix_spawn(&pid, "/proc/self/exe", NULL, NULL, args, env);
    reap("child", pid);
    setenv("NAME", "inherited", 1);
    error |= posix_spawn(&pid, realpath(argv[0], NULL), NULL, NULL, args, environ);
    reap("child", pid);
    error |= posix_spawnp(&pid, "echo", NULL, NULL, (char *[]){"echo", "found by PATH", NULL}, environ);
    reap("echo", pid);
    printf("errors %d\n", error);
    for (int i = 0, status; i < 5; i++) {
        posix_spawn(&pid, "/proc/self/exe", NULL, NULL, args, env);
        waitpid(pid, &status, 0);
    }
}
