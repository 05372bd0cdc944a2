// Reservations of terabytes, advice and protection over all of them, beside code that was generated.
#include "guest.h"
#include <sys/mman.h>
int main(void) {
    unsigned char *code = mmap(NULL, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(code, "\xb8\x2a\0\0\0\xc3", 6);
    int (*volatile function)(void) = (void *)code;
    printf("%d\n", function());
    const size_t size = 8ul << 40;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    char *q = mmap((void *)0x100000000000, size, PROT_NONE, flags | MAP_FIXED, -1, 0);
    printf("%d %d\n", p != MAP_FAILED, q == (void *)0x100000000000);
    for (size_t at = 0; at < size; at += 1ul << 39) p[at] = at >> 39;
    TRY(madvise(p, size, MADV_DONTDUMP));
    TRY(mprotect(p + (1ul << 40), 1ul << 40, PROT_READ));
    printf("%d %d\n", p[5ul << 39], function());
    TRY(madvise(p, size / 2, MADV_DONTNEED));
    code[1] = 43;
    printf("%d %d %d\n", p[1ul << 39], p[9ul << 39], function());
    TRY(madvise(p, size, MADV_DONTNEED));
    printf("%d %d\n", p[9ul << 39], function());
    TRY(munmap(q, size));
    TRY(munmap(p, size));
    puts("done");
}
