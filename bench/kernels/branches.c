// group: loops
#include <stdio.h>
int main(void) {
    unsigned long longest = 0, which = 0;
    for (unsigned long n = 1; n < 1500000; n++) {
        unsigned long x = n, steps = 0;
        while (x != 1) x = x & 1 ? 3 * x + 1 : x / 2, steps++;
        if (steps > longest) longest = steps, which = n;
    }
    printf("%lu %lu\n", which, longest);
}
