// comm, cmdline, environ and stat show the guest; prctl renames it.
// args: first second
#include "guest.h"
#include <sys/prctl.h>
static char buffer[100000];
static long slurp(const char *path) {
    int fd = open(path, O_RDONLY);
    long n = 0, got;
    while ((got = read(fd, buffer + n, sizeof buffer - n - 1)) > 0) n += got;
    buffer[n] = 0;
    close(fd);
    return n;
}
int main(int argc, char **argv) {
    slurp("/proc/self/comm");
    printf("%s", buffer);
    long n = slurp("/proc/self/cmdline");
    printf("%d %s %s\n", !strcmp(buffer, argv[0]), buffer + strlen(buffer) + 1, buffer + n - 7);
    slurp("/proc/self/stat");
    printf("%d %.12s\n", atoi(buffer) == getpid(), strchr(buffer, '('));
    slurp("/proc/self/status");
    printf("%.16s\n", buffer);
    char *threads = strstr(buffer, "Threads:"), *tracer = strstr(buffer, "TracerPid:");
    printf("%.10s %.12s\n", threads, tracer);
    prctl(PR_SET_NAME, "another-name-that-is-long");
    slurp("/proc/self/comm");
    printf("%s", buffer);
    char name[16];
    prctl(PR_GET_NAME, name);
    puts(name);
    n = slurp("/proc/self/environ");
    printf("%d\n", memmem(buffer, n, "PATH=", 5) != NULL);
    printf("%d\n", !access("/proc/self/task/self", F_OK) || errno == ENOENT);
}
