// With fexecve: of a file that is deleted meanwhile, of a copy in a memfd, of a script by its descriptor.
#include "proc.h"
extern char **environ;
static void run(const char *what, int fd) {
    pid_t pid = fork();
    if (!pid) {
        fexecve(fd, (char *[]){"x", (char *)what, NULL}, environ);
        printf("%s: %s\n", what, strerrorname_np(errno));
        _exit(9);
    }
    reap(what, pid);
}
static void copy(int from, int to) {
    char buffer[65536];
    for (long n; (n = read(from, buffer, sizeof buffer)) > 0;) write(to, buffer, n);
}
int main(int argc, char **argv) {
    if (argc > 1) {
        char exe[4096] = "";
        readlink("/proc/self/exe", exe, sizeof exe - 1);
        printf("%s runs, deleted %d\n", argv[1], strstr(exe, " (deleted)") != NULL);
        return 3;
    }
    int self = open("/proc/self/exe", O_RDONLY), to = open("copy", O_CREAT | O_WRONLY, 0755);
    copy(self, to);
    close(to);
    int fd = open("copy", O_RDONLY);
    run("file", fd);
    unlink("copy");
    run("deleted file", fd);
    int memory = memfd_create("program", MFD_CLOEXEC);
    lseek(self, 0, SEEK_SET);
    copy(self, memory);
    run("memfd", memory);
    to = open("script", O_CREAT | O_WRONLY, 0755);
    dprintf(to, "#!/bin/sh\necho script as $(basename $(dirname $0)) $1\n");
    close(to);
    run("script", open("script", O_RDONLY));
    run("script, close-on-exec", open("script", O_RDONLY | O_CLOEXEC));
    run("directory", open("/", O_RDONLY));
}
