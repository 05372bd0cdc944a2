// Money goes from one account to another under both accounts' locks, taken in the order of the
// transfer. Two transfers in opposite directions each hold what the other one wants.
#include <pthread.h>
#include <stdio.h>

struct account {
    pthread_mutex_t lock;
    int balance;
};

static struct account alice = {PTHREAD_MUTEX_INITIALIZER, 100};
static struct account bob = {PTHREAD_MUTEX_INITIALIZER, 100};

static void write_receipt(int amount) {
    char receipt[60];
    snprintf(receipt, sizeof receipt, "%d francs", amount);
}

static void transfer(struct account *from, struct account *to, int amount) {
    pthread_mutex_lock(&from->lock);
    write_receipt(amount);
    pthread_mutex_lock(&to->lock);
    from->balance -= amount;
    to->balance += amount;
    pthread_mutex_unlock(&to->lock);
    pthread_mutex_unlock(&from->lock);
}

static void *pay_rent(void *arg) {
    for (int i = 0; i < 20; i++)
        transfer(&alice, &bob, 5);
    return arg;
}

static void *pay_back(void *arg) {
    for (int i = 0; i < 20; i++)
        transfer(&bob, &alice, 5);
    return arg;
}

int main(void) {
    pthread_t a, b;
    pthread_create(&a, NULL, pay_rent, NULL);
    pthread_create(&b, NULL, pay_back, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    printf("%d %d\n", alice.balance, bob.balance);
    return 0;
}
