// The last item is sold twice: the check and the sale are two steps.
#include "bug.h"
static volatile int stock = 1;
static atomic_int sold;
static void *customer(void *arg) {
    if (stock > 0) {
        work(20);
        stock--;
        sold++;
    }
    return 0;
}
int main(void) {
    pthread_t a = run(customer, 0), b = run(customer, 0);
    join(a), join(b);
    if (sold != 1) struck("sold twice");
}
