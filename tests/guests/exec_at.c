// With execveat: on a descriptor (AT_EMPTY_PATH), relative to a directory, and not through a link.
#include "proc.h"
static void run(const char *what, int fd, const char *path, int flags) {
    pid_t pid = fork();
    if (!pid) {
        syscall(SYS_execveat, fd, path, (char *[]){"x", (char *)what, NULL}, (char *[]){NULL}, flags);
        printf("%s: %s\n", what, strerrorname_np(errno));
        _exit(9);
    }
    reap(what, pid);
}
int main(int argc, char **argv) {
    if (argc > 1) {
        char comm[20], exe[4096];
        slurp("/proc/self/comm", comm, sizeof comm);
        exe[readlink("/proc/self/exe", exe, sizeof exe - 1)] = 0;
        printf("%s: argv[0] %s exe %s\n", argv[1], argv[0], strrchr(exe, '/') + 1);
        return 0;
    }
    char *real = realpath(argv[0], NULL), *name = strrchr(real, '/') + 1, directory[4096];
    int fd = open(real, O_RDONLY), path = open(real, O_PATH | O_CLOEXEC);
    sprintf(directory, "%.*s", (int)(name - real - 1), real);
    int dir = open(directory, O_RDONLY | O_DIRECTORY);
    symlink(real, "link");
    run("descriptor", fd, "", AT_EMPTY_PATH);
    run("path descriptor", path, "", AT_EMPTY_PATH);
    run("in a directory", dir, name, 0);
    run("absolute", 77, real, 0);
    run("in the working directory", AT_FDCWD, "link", 0);
    run("no links", AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW);
    run("no file", dir, "missing", 0);
    run("empty without the flag", fd, "", 0);
    run("no descriptor", 77, "", AT_EMPTY_PATH);
    run("directory", dir, "", AT_EMPTY_PATH);
    run("bad flags", fd, "", 0x40000000);
}
