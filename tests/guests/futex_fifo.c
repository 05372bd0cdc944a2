// Waiters of equal priority are woken in the order they came.
#include "futex.h"
static int word;
static void *waits(void *n) {
    futex(&word, FUTEX_WAIT | PRIVATE, 0, NULL, NULL, 0);
    printf("%d\n", NUMBER(n));
    step();
    return NULL;
}
int main(void) {
    for (int i = 0; i < 12; i++) {
        start(waits, i);
        settle(&word, i + 1, PRIVATE);
    }
    for (int i = 0; i < 12; i++) {
        futex(&word, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0);
        await(i + 1);
    }
}
