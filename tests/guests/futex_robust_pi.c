// A PI futex whose owner dies with it on the robust list: the waiter gets it, with the bit set.
#include "futex.h"
#include <stddef.h>
static struct lock { struct robust_list list; _Atomic int word; } lock;
static void *dies(void *unused) {
    static struct robust_list_head head;
    intptr_t entry = (intptr_t)&lock.list | 1; // bit 0: a PI futex
    head = (struct robust_list_head){{(void *)entry}, offsetof(struct lock, word), NULL};
    lock.list.next = &head.list;
    syscall(SYS_set_robust_list, &head, sizeof head);
    TRY(futex(&lock.word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    step();
    while (!(lock.word & FUTEX_WAITERS)) sched_yield();
    syscall(SYS_exit, 0);
}
int main(void) {
    for (int i = 0; i < 3; i++) {
        steps_ = lock.word = 0;
        pthread_t t = start(dies, 0);
        await(1);
        TRY(futex(&lock.word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
        int mine = (lock.word & FUTEX_TID_MASK) == gettid();
        printf("mine %d died %d\n", mine, (lock.word & FUTEX_OWNER_DIED) != 0);
        TRY(futex(&lock.word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
        printf("%d\n", lock.word);
        join(t);
    }
}
