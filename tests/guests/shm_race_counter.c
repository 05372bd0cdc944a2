// Two processes count in shared memory without a lock.
// nondeterministic: the schedule is the point
#include "thread.h"
#include <sys/wait.h>
int main(void) {
    volatile long *s = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int child = fork();
    __atomic_fetch_add(&s[1], 1, __ATOMIC_SEQ_CST);
    while (s[1] < 2) {}
    for (int i = 0; i < 20000000; i++) {
        long seen = s[0];
        s[0] = seen + 1;
    }
    if (!child) _exit(0);
    wait(NULL);
    printf("%ld\n", s[0]);
}
