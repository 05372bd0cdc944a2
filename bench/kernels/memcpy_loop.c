// group: simd
#include <stdio.h>
#include <string.h>
static char a[1 << 16], b[1 << 16];
int main(void) {
    unsigned long sum = 0;
    for (int i = 0; i < 6000000; i++) {
        int size = 16 + i * 37 % 4000;
        memcpy(b + i % 61, a + i % 59, size);
        a[i % sizeof a]++;
        sum += b[i % 5000] + strlen(b + 60000);
    }
    printf("%lu\n", sum);
}
