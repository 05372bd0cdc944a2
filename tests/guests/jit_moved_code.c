// Code moved by mremap, and by memmove within the heap as a compacting collector would.
#include "jit.h"
int main(void) {
    unsigned char *code = pages(2, RWX), *elsewhere = pages(8, PROT_NONE);
    emit(code + 100, 1);
    emit(code + PAGE, 2);
    printf("%d %d\n", run(code + 100), run(code + PAGE));
    unsigned char *moved = mremap(code, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere + PAGE);
    printf("%d %d %d\n", moved == elsewhere + PAGE, run(moved + 100), run(moved + PAGE));
    emit(moved + 100, 3);
    printf("%d\n", run(moved + 100));
    mmap(code, 2 * PAGE, RWX, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    emit(code + 100, 4);
    printf("%d %d\n", run(code + 100), run(moved + 100));
    long sum = 0;
    for (int i = 0; i < 50; i++) {
        emit(code + 1600, i);
        for (int at = 1600; at > 0; at -= 160) {
            memmove(code + at - 160, code + at, 6);
            memset(code + at, 0xcc, 6);
            sum += run(code + at - 160);
        }
    }
    printf("%ld\n", sum);
}
