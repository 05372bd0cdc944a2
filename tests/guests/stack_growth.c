// The main stack grows to megabytes, far below what was touched before, and keeps its contents.
#include "guest.h"
#include <sys/resource.h>
static long deep(int n) {
    volatile char frame[50000];
    frame[0] = n;
    frame[49999] = n;
    return n ? deep(n - 1) + frame[0] + frame[49999] : 0;
}
int main(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_STACK, &limit);
    printf("%ld\n", deep(100));
    volatile char *far = (char *)__builtin_frame_address(0) - 4000000;
    *far = 5;
    printf("%d\n", *far);
}
