// Fifty children alive at once, released one after the other; each ends with a code of its own.
#include "proc.h"
int main(void) {
    Gate ready = gate(), go = gate();
    for (int i = 0; i < 50; i++)
        CHILD(unsigned x = i; for (int k = 0; k < 10000; k++) x = x * 1664525 + 1013904223; pass(ready); await(go);
              exit(x >> 25));
    int sum = 0, status, count = 0;
    for (int i = 0; i < 50; i++) await(ready);
    for (int i = 0; i < 50; i++) pass(go);
    while (wait(&status) > 0) count++, sum += WEXITSTATUS(status);
    printf("%d children, sum %d, then %s\n", count, sum, strerrorname_np(errno));
}
