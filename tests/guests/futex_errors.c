// What futex(2) refuses: misaligned and unmapped words, unknown operations, bad flags.
#include "futex.h"
int main(void) {
    int words[2] = {0, 0};
    char *bad = (char *)words + 1;
    char *pages = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct timespec none = {0};
    mprotect(pages, PAGE, PROT_READ);
    TRY(futex(bad, FUTEX_WAIT | PRIVATE, 0, &none, NULL, 0));
    TRY(futex(bad, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0));
    TRY(futex((void *)4096, FUTEX_WAIT | PRIVATE, 0, &none, NULL, 0));
    TRY(futex((void *)4096, FUTEX_WAIT, 0, &none, NULL, 0));
    TRY(futex((void *)4096, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0)); // only a key
    TRY(futex((void *)4096, FUTEX_WAKE, 1, NULL, NULL, 0));
    TRY(futex((void *)-4096, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0));
    TRY(futex(pages, FUTEX_WAIT | PRIVATE, 0, &none, NULL, 0));
    TRY(futex(pages, FUTEX_WAIT, 0, &none, NULL, 0));
    TRY(futex(pages, FUTEX_LOCK_PI | PRIVATE, 0, &none, NULL, 0));
    munmap(pages, PAGE);
    TRY(futex(pages, FUTEX_WAIT, 0, &none, NULL, 0));
    TRY(futex(words, FUTEX_FD, 0, NULL, NULL, 0));
    TRY(futex(words, 14, 0, NULL, NULL, 0));
    TRY(futex(words, 99, 0, NULL, NULL, 0));
    TRY(futex(words, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, NULL, NULL, 0));
    TRY(futex(words, FUTEX_WAKE | 1024, 1, NULL, NULL, 0));
    TRY(futex(words, FUTEX_WAKE, -1, NULL, NULL, 0));
    TRY(futex(words, FUTEX_CMP_REQUEUE, 1, COUNT(1), words + 1, 5));
    TRY(futex(words, FUTEX_CMP_REQUEUE_PI, 1, COUNT(1), words, 0));
}
