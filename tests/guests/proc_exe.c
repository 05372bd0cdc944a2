// /proc/self/exe is the program, also when opened, and so are comm, cmdline and the stat fields.
// args: with arguments
#include "guest.h"
int main(int argc, char **argv) {
    char path[4096] = "", line[4096] = "";
    TRY(readlink("/proc/self/exe", path, sizeof path) > 0);
    char *real = realpath(argv[0], NULL);
    printf("exe %d\n", !strcmp(path, real));
    sprintf(line, "/proc/%d/exe", getpid());
    memset(path, 0, sizeof path);
    readlink(line, path, sizeof path);
    printf("by pid %d\n", !strcmp(path, real));
    memset(path, 0, sizeof path);
    readlinkat(AT_FDCWD, "/proc/thread-self/exe", path, sizeof path);
    printf("by thread %d\n", !strcmp(path, real));
    struct stat a, b, c;
    printf("stat %d %d\n", stat("/proc/self/exe", &a), stat(argv[0], &b));
    int fd = open("/proc/self/exe", O_RDONLY);
    fstat(fd, &c);
    printf("same file %d %d\n", a.st_ino == b.st_ino, c.st_ino == b.st_ino);
    read(fd, line, 4);
    printf("%.3s\n", line + 1);
    short size = readlink("/proc/self/exe", path, 5);
    printf("cut off %d\n", size);
}
