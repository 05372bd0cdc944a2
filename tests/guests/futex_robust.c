// A robust list by hand: at the thread's end its words are marked, one waiter of each is woken.
#include "futex.h"
#include <stddef.h>
struct lock { struct robust_list list; _Atomic int word; };
static struct lock locks[5];
static _Atomic int results;
static void *dies(void *how) {
    static struct robust_list_head head;
    head = (struct robust_list_head){{&locks[0].list}, offsetof(struct lock, word), NULL};
    for (int i = 0; i < 4; i++) {
        locks[i].list.next = i < 3 ? &locks[i + 1].list : (void *)&head;
        locks[i].word = gettid();
    }
    locks[1].word |= FUTEX_WAITERS;
    locks[2].word = gettid() + 1; // another's: left alone
    locks[4].word = gettid() | FUTEX_WAITERS;
    head.list_op_pending = &locks[4].list; // about to be unlocked
    TRY(syscall(SYS_set_robust_list, &head, sizeof head - 1));
    TRY(syscall(SYS_set_robust_list, &head, sizeof head));
    step();
    await(4);
    if (how) syscall(SYS_exit, 0);
    pthread_exit(NULL);
}
static void *waits(void *n) {
    await(1);
    int now = locks[NUMBER(n)].word;
    step();
    while (locks[NUMBER(n)].word == now) futex(&locks[NUMBER(n)].word, FUTEX_WAIT, now, NULL, NULL, 0);
    return POINTER((locks[NUMBER(n)].word & FUTEX_OWNER_DIED) != 0);
}
int main(void) {
    for (int how = 0; how < 2; how++) {
        steps_ = 0;
        pthread_t d = start(dies, how), a = start(waits, 1), b = start(waits, 4);
        await(3);
        step();
        join(d);
        printf("%ld %ld\n", join(a), join(b));
        for (int i = 0; i < 5; i++)
            printf("died %d waiters %d owner %d\n", (locks[i].word & FUTEX_OWNER_DIED) != 0,
                   (locks[i].word & FUTEX_WAITERS) != 0, (locks[i].word & FUTEX_TID_MASK) != 0);
    }
}
