// MAP_32BIT until 900 MiB are had, in a program that is not position-independent and calls through
// pointers. Nothing may lie where something else is.
// build: -no-pie
#include "guest.h"
#include <sys/mman.h>
static int one(void) { return 1; }
static int two(void) { return 2; }
int main(void) {
    enum { PIECES = 9, SIZE = 100 << 20 };
    char *pieces[PIECES];
    int (*volatile functions[])(void) = {one, two};
    int had = 0, low = 0, sum = 0;
    for (int i = 0; i < PIECES; i++) {
        char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
        pieces[i] = p;
        if (p == MAP_FAILED) continue;
        had++;
        low += (uintptr_t)p + SIZE <= 0x80000000;
        for (long at = 0; at < SIZE; at += 1 << 20) p[at] = i + 1;
    }
    for (int i = 0; i < 1000; i++) sum += functions[i % 2]();
    for (int i = 0; i < PIECES; i++)
        for (long at = 0; pieces[i] != MAP_FAILED && at < SIZE; at += 1 << 20) sum += pieces[i][at] == i + 1;
    printf("%d %d %d\n", had, low, sum);
    char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    memcpy(code, "\xb8\x2a\0\0\0\xc3", 6);
    for (int i = sum = 0; i < 10; i++) sum += ((int (*)(void))code)();
    printf("%d\n", sum);
}
