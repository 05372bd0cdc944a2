// PI futexes: the kernel writes the owner's tid, marks waiters, hands over at the unlock.
#include "futex.h"
static _Atomic int word, order;
static int mine(void) { return (word & FUTEX_TID_MASK) == gettid(); }
static void show(const char *when) {
    const char *owner = mine() ? "me" : word & FUTEX_TID_MASK ? "other" : "none";
    printf("%s: owner %s waiters %d\n", when, owner, (word & FUTEX_WAITERS) != 0);
}
static void *locks(void *unused) {
    TRY(futex(&word, FUTEX_TRYLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    TRY(futex(&word, FUTEX_UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    step();
    long result = futex(&word, FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0);
    await(2);
    printf("got %ld mine %d\n", result, mine());
    TRY(futex(&word, FUTEX_UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    return NULL;
}
int main(void) {
    TRY(futex(&word, FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    show("locked");
    TRY(futex(&word, FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    TRY(futex(&word, FUTEX_TRYLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    TRY(futex(&word, FUTEX_UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    show("unlocked");
    TRY(futex(&word, FUTEX_TRYLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    pthread_t t = start(locks, 0);
    await(1);
    while (!(word & FUTEX_WAITERS)) sched_yield();
    show("contended");
    TRY(futex(&word, FUTEX_UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    while (mine()) sched_yield();
    puts("given away");
    step();
    join(t);
    show("at the end");
}
