// The mutexes of three ages of textbooks, and one with a ticket, all on bare futexes.
#include "futex.h"
static _Atomic int naive, better, next, serving;
static long counts[3];
static void lock_naive(void) {
    while (atomic_exchange(&naive, 1)) futex(&naive, FUTEX_WAIT | PRIVATE, 1, NULL, NULL, 0);
}
static void unlock_naive(void) {
    naive = 0;
    futex(&naive, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0);
}
static void lock_better(void) {
    int zero = 0;
    if (atomic_compare_exchange_strong(&better, &zero, 1)) return;
    while (atomic_exchange(&better, 2)) futex(&better, FUTEX_WAIT | PRIVATE, 2, NULL, NULL, 0);
}
static void unlock_better(void) {
    if (atomic_exchange(&better, 0) == 2) futex(&better, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0);
}
static void lock_ticket(void) {
    int mine = next++;
    for (int now; (now = serving) != mine;) futex(&serving, FUTEX_WAIT | PRIVATE, now, NULL, NULL, 0);
}
static void unlock_ticket(void) {
    serving++;
    futex(&serving, FUTEX_WAKE | PRIVATE, INT_MAX, NULL, NULL, 0);
}
static void *work(void *unused) {
    for (int i = 0; i < 300; i++) {
        lock_naive(), counts[0]++, unlock_naive();
        lock_better(), counts[1]++, unlock_better();
        lock_ticket(), counts[2]++, unlock_ticket();
    }
    return NULL;
}
int main(void) {
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(work, 0);
    for (int i = 0; i < 4; i++) join(t[i]);
    printf("%ld %ld %ld\n", counts[0], counts[1], counts[2]);
}
