// Limits of address space, file sizes and open files that cannot be raised again, as `ulimit` sets them: what natively
// fits still fits, in children and executed programs as well, and what does not, does not.
#include "proc.h"
#include <sys/resource.h>

static void look(void) {
    struct rlimit limit;
    for (int resource = 0; resource < RLIMIT_NLIMITS; resource++) {
        if (resource != RLIMIT_AS && resource != RLIMIT_FSIZE) continue;
        getrlimit(resource, &limit);
        printf("%lu %lu\n", limit.rlim_cur, limit.rlim_max);
        limit.rlim_cur = limit.rlim_max + 1;
        TRY(setrlimit(resource, &limit));
    }
    size_t sizes[] = {16 << 20, 200 << 20};
    for (int i = 0; i < 2; i++) {
        char *map = mmap(NULL, sizes[i], PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        printf("%zu: %s\n", sizes[i], map == MAP_FAILED ? strerrorname_np(errno) : "mapped");
        if (map == MAP_FAILED) continue;
        printf("grows: %d\n", mremap(map, sizes[i], 10 * sizes[i], MREMAP_MAYMOVE) != MAP_FAILED);
        munmap(map, sizes[i]);
    }
    char *end = sbrk(0);
    printf("break: %d %d\n", sbrk(200 << 20) != (void *)-1, sbrk(0) == end);
}

int main(int argc, char **argv) {
    if (argc > 1) {
        look();
        return 0;
    }
    signal(SIGXFSZ, SIG_IGN);
    setuid(65534);
    struct rlimit space = {100 << 20, 100 << 20}, size = {1000, 2000};
    TRY(setrlimit(RLIMIT_AS, &space));
    TRY(setrlimit(RLIMIT_FSIZE, &size));
    struct rlimit files = {30, 40};
    TRY(setrlimit(RLIMIT_NOFILE, &files));
    files.rlim_max++;
    TRY(setrlimit(RLIMIT_NOFILE, &files));
    space.rlim_max++;
    TRY(setrlimit(RLIMIT_AS, &space));
    TRY(prlimit(getpid(), RLIMIT_FSIZE, NULL, &size));
    printf("%lu %lu\n", size.rlim_cur, size.rlim_max);
    look();
    reap("child", CHILD(look()));
    reap("executed", CHILD(execv("/proc/self/exe", (char *[]){argv[0], "again", NULL})));
    static char bytes[1 << 16];
    int file = memfd_create("file", 0);
    TRY(write(file, bytes, sizeof bytes));
    size.rlim_cur = 2000;
    TRY(setrlimit(RLIMIT_FSIZE, &size));
    TRY(write(file, bytes, sizeof bytes));
    int from = open("/dev/urandom", O_RDONLY), whole = 0;
    for (int i = 0; i < 200; i++) whole += read(from, bytes, sizeof bytes) == sizeof bytes;
    printf("%d reads\n", whole);
}
