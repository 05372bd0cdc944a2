// mlock, mlock2, mlockall and their undoing; holes and limits.
#include "thread.h"
#include <sys/resource.h>
int main(void) {
    char *a = mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRY(mlock(a, 2 * PAGE));
    a[0] = 1;
    TRY(mlock2(a + PAGE, PAGE, MLOCK_ONFAULT));
    TRY(mlock2(a, PAGE, 77));
    TRY(munlock(a, 4 * PAGE));
    munmap(a + PAGE, PAGE);
    TRY(mlock(a, 4 * PAGE)); // a hole
    TRY(munlock(a + PAGE, PAGE));
    TRY(madvise(a, PAGE, MADV_DONTNEED)); // still locked
    munlock(a, PAGE);
    TRY(madvise(a, PAGE, MADV_DONTNEED));
    TRY(mlockall(0));
    TRY(munlockall());
    char *locked = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
    printf("%d\n", locked != MAP_FAILED);
}
