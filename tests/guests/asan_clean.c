// A program with AddressSanitizer that finds nothing: heap, stack and globals, fake stacks, and the leak
// check at the end, which stops the process's threads with ptrace.
// sanitizer: address
#include "guest.h"
static char global[100];
static __attribute__((noinline)) int fill(char *to, int n) {
    char local[64];
    memset(local, n, sizeof local);
    memcpy(to, local, 50);
    return local[n % 64];
}
int main(void) {
    int sum = 0;
    for (int i = 0; i < 200; i++) {
        char *p = malloc(50 + i);
        sum += fill(p, i) + fill(global, i);
        p = realloc(p, 5000 + i);
        sum += p[49];
        free(p);
    }
    char *s = strdup("kept");
    static char *volatile kept;
    kept = s;
    printf("%d %s\n", sum, kept);
    FILE *maps = fopen("/proc/self/maps", "r");
    unsigned long start, end, huge = 0;
    char line[512];
    while (fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx", &start, &end) == 2 && end - start > 1ul << 40) huge++;
    fclose(maps);
    printf("%lu mappings of terabytes\n", huge);
}
