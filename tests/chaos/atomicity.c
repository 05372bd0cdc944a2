// Two tellers add to one balance without a lock.
#include "bug.h"
static volatile long balance;
static void *teller(void *arg) {
    for (int i = 0; i < 200; i++) balance += 1;
    return 0;
}
int main(void) {
    pthread_t a = run(teller, 0), b = run(teller, 0);
    join(a), join(b);
    if (balance != 400) struck("deposits are lost");
}
