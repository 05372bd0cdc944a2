// Descriptors past a thousand: whatever number the kernel gives, it can be used.
#include "guest.h"
#include <sys/resource.h>

int main(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < 1100) {
        limit.rlim_cur = limit.rlim_max < 1100 ? limit.rlim_max : 1100;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    int made = 0, unusable = 0;
    static int files[1050];
    while (made < 1050 && (files[made] = dup(0)) >= 0) made++;
    for (int i = 0; i < made; i++) unusable += fcntl(files[i], F_GETFD) < 0;
    for (int i = 0; i < made; i++) unusable += close(files[i]) < 0;
    printf("%d made, %d unusable\n", made, unusable);
}
