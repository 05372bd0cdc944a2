// PR_GET_AUXV says what is on the stack, also to a buffer that is too short.
#include "calls.h"
#include <elf.h>
#include <sys/auxv.h>

int main(void) {
    fresh();
    long size = MAKE(ROUGH, ROUGH, prctl, 0x41555856, A(0), 2048, 0, 0);
    Elf64_auxv_t *entry = A(0);
    for (; entry->a_type; entry++)
        if (entry->a_un.a_val != getauxval(entry->a_type)) printf("%ld differs\n", (long)entry->a_type);
    printf("%d\n", (void *)entry < A(size));
    fresh();
    MAKE(ROUGH, ROUGH, prctl, 0x41555856, A(0), 16, 0, 0);
    MAKE(ROUGH, ROUGH, prctl, 0x41555856, A(0), 0, 0, 0);
    CALL(prctl, 0x41555856, BAD, 16, 0, 0);
    CALL(prctl, 0x41555856, A(0), 16, 1, 0);
}
