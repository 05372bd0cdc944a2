// RLIMIT_NOFILE and RLIMIT_STACK as seen and set by the guest; descriptors run out where they should.
#include "guest.h"
#include <sys/resource.h>
int main(void) {
    struct rlimit files, stack, now;
    TRY(getrlimit(RLIMIT_NOFILE, &files));
    TRY(getrlimit(RLIMIT_STACK, &stack));
    printf("%d %d\n", files.rlim_cur >= 256, stack.rlim_cur >= 1 << 20);
    now = files;
    now.rlim_cur = 64;
    TRY(setrlimit(RLIMIT_NOFILE, &now));
    int fd, count = 0;
    while ((fd = open("/dev/null", O_RDONLY)) >= 0) count++;
    printf("%d then %s\n", count, strerrorname_np(errno));
    TRY(prlimit(0, RLIMIT_NOFILE, NULL, &now));
    printf("%ld\n", now.rlim_cur);
    now.rlim_cur = 0;
    TRY(setrlimit(RLIMIT_NOFILE, &now));
    TRY(open("/dev/null", O_RDONLY));
    int page = getpagesize();
    void *p = mmap(0, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("%d\n", p != MAP_FAILED);
    stack.rlim_cur = 1 << 20;
    TRY(setrlimit(RLIMIT_STACK, &stack));
    printf("%ld\n", sysconf(_SC_OPEN_MAX));
    now.rlim_cur = now.rlim_max = 0;
    TRY(setrlimit(RLIMIT_FSIZE, &now));
    signal(SIGXFSZ, SIG_IGN);
    now.rlim_cur = now.rlim_max = 1UL << 30;
    TRY(setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}));
}
