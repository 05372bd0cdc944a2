// Sealed memory can be neither unmapped, nor moved, nor protected otherwise, nor discarded if it cannot be
// written.
#include "calls.h"

int main(void) {
    int zeros = open("/dev/zero", O_RDONLY);
    char *map = mmap(0, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(map, "first"), strcpy(map + PAGE, "second"), strcpy(map + 2 * PAGE, "third");
    CALL(mseal, map + 1, PAGE, 0);
    CALL(mseal, map, PAGE, 77);
    CALL(mseal, map, 0, 0);
    CALL(mseal, map, -1L, 0);
    CALL(mseal, HIGH, PAGE, 0);
    munmap(map + 7 * PAGE, PAGE);
    CALL(mseal, map + 6 * PAGE, 2 * PAGE, 0);
    mprotect(map + 2 * PAGE, PAGE, PROT_READ);
    CALL(mseal, map + PAGE, 2 * PAGE, 0);
    CALL(mseal, map + PAGE, PAGE, 0);
    CALL(munmap, map + PAGE, PAGE);
    CALL(munmap, map, 4 * PAGE);
    CALL(mprotect, map + PAGE, PAGE, PROT_READ);
    CALL(mprotect, map, 4 * PAGE, PROT_READ);
    CALL(read, zeros, map, 1);
    CALL(mprotect, map, PAGE, PROT_READ | PROT_WRITE);
    CALL(read, zeros, map, 1);
    CALL(madvise, map + 2 * PAGE, PAGE, MADV_DONTNEED);
    CALL(madvise, map + 2 * PAGE, PAGE, MADV_FREE);
    CALL(madvise, map + 2 * PAGE, PAGE, MADV_COLD);
    puts(map + 2 * PAGE);
    CALL(madvise, map + PAGE, PAGE, MADV_DONTNEED);
    printf("'%s'\n", map + PAGE);
    strcpy(map + PAGE, "written");
    CALL(mremap, map + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
    CALL(mremap, map, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, map + PAGE);
    CALL(mmap, map + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    puts(map + 1), puts(map + PAGE), puts(map + 2 * PAGE);
    // Code in what is sealed.
    unsigned char *code = mmap(0, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(code, "\xb8\x05\0\0\0\xc3", 6);
    printf("%d\n", ((int (*)(void))code)());
    CALL(mseal, code, PAGE, 0);
    printf("%d\n", ((int (*)(void))code)());
    code[1] = 6;
    printf("%d\n", ((int (*)(void))code)());
}
