// An atomicity violation: a balance is read, computed with and written back without a lock, so that a
// deposit can get lost. An assertion notices: SIGABRT.
#include <assert.h>
#include <pthread.h>

static volatile long balance;

__attribute__((noinline)) static long with_interest(long amount) {
    return amount + 1;
}

static void deposit(void) {
    long before = balance;
    balance = with_interest(before);
}

static void *customer(void *unused) {
    (void)unused;
    for (int i = 0; i < 500; i++) deposit();
    return NULL;
}

static void check(long expected) {
    assert(balance == expected && "money is lost");
}

int main(void) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, customer, NULL);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    check(1000);
    return 0;
}
