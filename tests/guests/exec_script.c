// Scripts: interpreter with and without an argument, arguments passed on, this program as the interpreter.
#include "proc.h"
static void script(const char *name, const char *text) {
    int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0755);
    write(fd, text, strlen(text));
    close(fd);
}
static void run(const char *path, char *argument) {
    pid_t pid = fork();
    if (!pid) {
        execl(path, "ignored name", argument, NULL);
        printf("%s\n", strerrorname_np(errno));
        _exit(126);
    }
    reap(path, pid);
}
int main(int argc, char **argv) {
    if (argc > 2) {
        char name[17] = "";
        slurp("/proc/self/comm", name, sizeof name);
        printf("interprets: first %d", argc);
        for (int i = 1; i < argc; i++) printf(" [%s]", argv[i]);
        printf(" as %s", name);
        return 0;
    }
    char text[5000], *real = realpath(argv[0], NULL);
    script("shell", "#!/bin/sh\necho shell $0 $1 $#\nexit 3\n");
    script("options", "#! /bin/sh -e \necho options $0 $1\nfalse\necho never\n");
    sprintf(text, "#!%s  two  words \nrest\n", real);
    script("own", text);
    script("relative", "#!./own\n");
    script("missing", "#!/no/such/interpreter\n");
    script("bare", "#!\n");
    script("plain", "echo no hash-bang\n");
    script("recursive", "#!./recursive\n");
    run("./shell", "argument");
    run("./options", "argument");
    if (strlen(real) < 200) run("./own", "argument");
    run("./relative", "argument");
    run("./missing", "argument");
    run("./bare", "argument");
    run("./plain", "argument");
    run("./recursive", "argument");
}
