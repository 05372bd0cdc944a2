// exec, also one that fails, of a program that has used up its descriptors.
#include "proc.h"
#include <sys/resource.h>
static int count(void) {
    int count = 0;
    for (int fd = 0; fd < 64; fd++) count += fcntl(fd, F_GETFD) >= 0;
    return count;
}
int main(int argc, char **argv) {
    if (argc > 1) {
        char path[4096];
        long length = readlink("/proc/self/exe", path, sizeof path);
        printf("open %d exe %d\n", count(), length == (long)strlen(argv[1]) && !memcmp(path, argv[1], length));
        TRY(open("/dev/null", O_RDONLY));
        TRY(open("/dev/null", O_RDONLY));
        return 0;
    }
    for (int fd = 3; fd < 1100; fd++) close(fd);
    char *real = realpath(argv[0], NULL);
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){64, 1 << 12});
    while (open("/dev/zero", O_RDONLY) >= 0) {}
    fcntl(63, F_SETFD, FD_CLOEXEC); // for the dynamic linker
    printf("%s, open %d\n", strerrorname_np(errno), count());
    int result = execl("/no/such/program", "x", NULL);
    printf("%d %s\n", result, strerrorname_np(errno));
    execl("/proc/self/exe", argv[0], real, NULL);
}
