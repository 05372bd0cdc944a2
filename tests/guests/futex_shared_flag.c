// Private and shared waiters of one word do not meet in anonymous private memory, nor by address.
#include "futex.h"
static int *word, *alias;
static _Atomic int woken;
static void *waits(void *flag) {
    futex(word, FUTEX_WAIT | NUMBER(flag), 0, NULL, NULL, 0);
    woken += flag ? 1 : 10;
    step();
    return NULL;
}
int main(void) {
    int fd = memfd_create("words", 0);
    ftruncate(fd, PAGE);
    word = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    alias = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    start(waits, 0), start(waits, PRIVATE);
    settle(word, 1, 0);
    settle(word, 1, PRIVATE);
    TRY(futex(alias, FUTEX_WAKE | PRIVATE, 10, NULL, NULL, 0)); // another address
    TRY(futex(alias, FUTEX_WAKE, 10, NULL, NULL, 0)); // the same memory
    await(1);
    printf("%d\n", woken);
    TRY(futex(word, FUTEX_WAKE, 10, NULL, NULL, 0));
    TRY(futex(word, FUTEX_WAKE | PRIVATE, 10, NULL, NULL, 0));
    await(2);
    printf("%d\n", woken);
}
