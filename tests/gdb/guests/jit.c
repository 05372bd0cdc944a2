// Writes machine code, runs it, changes it, runs it again.
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static int results[2];

int main(void) {
    // mov eax, 7; ret
    unsigned char code[] = {0xb8, 7, 0, 0, 0, 0xc3};
    unsigned char *jit = mmap((void *)0x30000000, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    memcpy(jit, code, sizeof code);
    int (*run)(void) = (int (*)(void))jit;
    results[0] = run();
    jit[1] = 8;
    results[1] = run();
    printf("%d %d\n", results[0], results[1]);
    return 0;
}
