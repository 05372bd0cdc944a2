// Limits are the process's: set in one thread, seen in all; prlimit on oneself by number.
#include "thread.h"
#include <sys/resource.h>
static void *looks(void *unused) {
    struct rlimit now;
    getrlimit(RLIMIT_NOFILE, &now);
    return POINTER(now.rlim_cur);
}
static void *sets(void *unused) {
    struct rlimit now, old;
    getrlimit(RLIMIT_NOFILE, &now);
    now.rlim_cur = 64;
    TRY(prlimit(getpid(), RLIMIT_NOFILE, &now, &old));
    TRY(prlimit(gettid(), RLIMIT_NOFILE, NULL, &old));
    return POINTER(old.rlim_cur);
}
int main(void) {
    printf("%ld\n", join(start(sets, 0)));
    printf("%ld\n", join(start(looks, 0)));
    TRY(dup2(1, 63));
    TRY(dup2(1, 64));
    int opened = 0;
    while (open("/dev/null", O_RDONLY) >= 0) opened++;
    printf("%s, all used %d\n", strerrorname_np(errno), fcntl(62, F_GETFD) == 0);
}
