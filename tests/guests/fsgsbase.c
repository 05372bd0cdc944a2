// rdfsbase and friends, where the kernel allows them: they show and change the guest's own bases.
// build: -mfsgsbase
// needs: fsgsbase
#include "guest.h"
#include <immintrin.h>
int main(void) {
    static long there = 99;
    long self;
    asm("mov %%fs:0, %0" : "=r"(self));
    printf("%d\n", _readfsbase_u64() == self);
    _writegsbase_u64((long)&there);
    long seen;
    asm("mov %%gs:0, %0" : "=r"(seen));
    printf("%ld %d\n", seen, _readgsbase_u64() == (long)&there);
    getppid();
    printf("%d\n", _readgsbase_u64() == (long)&there);
}
