// errno is each thread's own, whatever the others' calls do meanwhile.
#include "thread.h"
static void *fails(void *how) {
    int wrong = 0;
    for (int i = 0; i < 500; i++) {
        int expected = NUMBER(how) == 0 ? EBADF : NUMBER(how) == 1 ? ENOENT : EINVAL;
        if (NUMBER(how) == 0) close(-1);
        if (NUMBER(how) == 1) open("/none", O_RDONLY);
        if (NUMBER(how) == 2) mmap(0, 0, 0, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (i % 50 == 0) sched_yield();
        wrong += errno != expected;
    }
    return POINTER(wrong);
}
int main(void) {
    errno = 99;
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(fails, i);
    for (int i = 0; i < 3; i++) printf("%ld\n", join(t[i]));
    printf("%d\n", errno);
}
