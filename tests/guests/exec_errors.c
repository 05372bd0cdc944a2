// Every way for an exec to fail, after which the program goes on, its handlers and memory as before.
#include "proc.h"
#include <sys/resource.h>
extern char **environ;
static int handled;
static void handler(int sig) { handled++; }
static void try(const char *path) {
    int result = execl(path, path, NULL);
    printf("%.20s: %d %s\n", path, result, strerrorname_np(errno));
}
static void put(const char *name, const void *bytes, long length, int mode) {
    int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, mode);
    write(fd, bytes, length);
    close(fd);
}
int main(void) {
    signal(SIGUSR1, handler);
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    char *name = malloc(5000), *large = malloc(200000), header[200] = "\x7f""ELF\2\1\1";
    char *volatile dangling = (char *)8, **volatile bad = (char **)8;
    memset(name, 'n', 4999), name[4999] = 0;
    memset(large, 'l', 199999), large[199999] = 0;
    put("empty", "", 0, 0755);
    put("text", "just text", 9, 0755);
    put("not-executable", "#!/bin/sh\n", 10, 0644);
    put("cut-off-elf", header, 20, 0755);
    put("wrong-elf", header, 200, 0755);
    symlink("loop", "loop");
    int writer = open("busy", O_CREAT | O_WRONLY, 0755);
    write(writer, "#!/bin/sh\n", 10);
    try("/no/such/program");
    try("/dev/null/x");
    try("/");
    try("empty");
    try("text");
    try("not-executable");
    try("cut-off-elf");
    try("wrong-elf");
    try("loop");
    try("busy");
    try("/dev/null");
    try("");
    try(name);
    TRY(execv("/bin/true", (char *[]){"true", large, NULL}));
    TRY(execv("/bin/true", (char *[]){"true", dangling, NULL}));
    TRY(execv("/bin/true", bad));
    TRY(execve("/bin/true", (char *[]){"true", NULL}, bad));
    TRY(execv(dangling, (char *[]){"true", NULL}));
    static char *many[100001];
    for (int i = 0; i < 100000; i++) many[i] = large + 199900;
    setrlimit(RLIMIT_STACK, &(struct rlimit){1 << 20, RLIM_INFINITY});
    TRY(execv("/bin/true", many));
    raise(SIGUSR1);
    printf("handled %d, descriptor open %d\n", handled, fcntl(fd, F_GETFD));
}
