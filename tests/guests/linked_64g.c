// A program linked at 64 GiB.
// build: -no-pie -Wl,-Ttext-segment=0x1000000000 -mcmodel=large
#include "guest.h"
#include <math.h>
static int value = 7;
static int compare(const void *a, const void *b) { return *(int *)a - *(int *)b; }
int main(void) {
    int numbers[50];
    for (int i = 0; i < 50; i++) numbers[i] = i * 37 % 50;
    int (*volatile order)(const void *, const void *) = compare;
    qsort(numbers, 50, sizeof *numbers, order);
    printf("%d %d %d\n", numbers[0], numbers[49], value);
    printf("%d\n", (uintptr_t)main >> 36 == 1);
    handle(SIGUSR1, SIG_IGN, 0);
    raise(SIGUSR1);
    char *heap = malloc(1000);
    printf("%d\n", heap != NULL && sbrk(0) != (void *)-1);
}
