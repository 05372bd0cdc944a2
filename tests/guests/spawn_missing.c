// posix_spawn of what cannot be executed returns the error and leaves no child.
#include "proc.h"
#include <spawn.h>
static void try(const char *path) {
    pid_t pid = 77;
    int error = posix_spawn(&pid, path, NULL, NULL, (char *[]){"x", NULL}, (char *[]){NULL});
    printf("%s: %s, pid set %d\n", path, error ? strerrorname_np(error) : "ok", pid != 77);
    if (!error) reap("child", pid);
    printf("children: %s\n", wait(NULL) < 0 ? strerrorname_np(errno) : "some");
}
int main(void) {
    close(open("plain", O_CREAT | O_WRONLY, 0644));
    int fd = open("garbage", O_CREAT | O_WRONLY, 0755);
    write(fd, "\x7f""ELFgarbage", 11);
    close(fd);
    symlink("loop", "loop");
    try("/no/such/program");
    try("plain");
    try("garbage");
    try("/");
    try("plain/x");
    try("loop");
    try("/bin/true");
    pid_t pid;
    int error = posix_spawnp(&pid, "no-such-command", NULL, NULL, (char *[]){"x", NULL}, NULL);
    printf("by PATH: %s\n", strerrorname_np(error));
}
