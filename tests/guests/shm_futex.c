// A futex in shared memory: wait and wake between processes, a bitset, requeue, a time limit, the wrong value.
#include "proc.h"
#include <linux/futex.h>
#include <time.h>
static int *word;
static long futex(int *at, int op, int value, struct timespec *limit, int *second, int last) {
    return syscall(SYS_futex, at, op, value, limit, second, last);
}
int main(void) {
    word = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    TRY(futex(word, FUTEX_WAIT, 1, NULL, NULL, 0));
    TRY(futex(word, FUTEX_WAIT, 0, &(struct timespec){0, 1000000}, NULL, 0));
    TRY(futex(word, FUTEX_WAKE, 10, NULL, NULL, 0));
    pid_t pids[5];
    for (int i = 0; i < 5; i++)
        pids[i] = CHILD(__atomic_add_fetch(word + 1, 1, __ATOMIC_SEQ_CST);
                        exit(futex(word, i < 3 ? FUTEX_WAIT : FUTEX_WAIT_BITSET, 0, NULL, NULL, 1 << i)));
    int woken = 0;
    while (__atomic_load_n(word + 1, __ATOMIC_SEQ_CST) < 5) usleep(500);
    while (woken < 4) woken += futex(word, FUTEX_WAKE_BITSET, 10, NULL, NULL, 1 << 3), usleep(500); // all but the last
    printf("woken %d\n", woken);
    while (futex(word, FUTEX_CMP_REQUEUE, 0, (void *)1, word + 2, 0) < 1) usleep(500);
    TRY(futex(word, FUTEX_WAKE, 10, NULL, NULL, 0));
    TRY(futex(word + 2, FUTEX_WAKE, 10, NULL, NULL, 0));
    for (int i = 0; i < 5; i++) reap("child", pids[i]);
}
