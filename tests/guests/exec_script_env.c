// execvp of a file without #! falls back to the shell; PATH is searched past what cannot be executed.
#include "proc.h"
static void put(const char *name, const char *text, int mode) {
    int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, mode);
    write(fd, text, strlen(text));
    close(fd);
}
static void run(const char *name) {
    pid_t pid = fork();
    if (!pid) {
        execlp(name, name, "argument", NULL);
        printf("%s\n", strerrorname_np(errno));
        _exit(126);
    }
    reap(name, pid);
}
int main(void) {
    mkdir("a", 0755);
    mkdir("b", 0755);
    mkdir("a/directory", 0755);
    put("a/denied", "#!/bin/sh\necho a\n", 0644);
    put("b/denied", "#!/bin/sh\necho b\n", 0755);
    put("b/bare", "echo by the shell $1\n", 0755);
    put("a/only-denied", "x", 0644);
    setenv("PATH", "a:/does/not/exist:b", 1);
    run("denied");
    run("bare");
    run("only-denied");
    run("directory");
    run("nowhere");
    setenv("PATH", "", 1);
    run("b/denied");
}
