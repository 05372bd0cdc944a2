// A generated function of eight megabytes without a branch; then a jump across all of it.
#include "jit.h"
enum { SIZE = 8 << 20 };
int main(void) {
    unsigned char *code = pages(SIZE / PAGE + 1, RW), *at = code;
    *at++ = 0x31, *at++ = 0xc0; // xor eax, eax
    unsigned expected = 0, n = 0;
    while (at < code + SIZE) {
        *at++ = 0x05; // add eax, n
        memcpy(at, &n, 4);
        at += 4;
        expected += n;
        n = n * 1103515245 + 12345;
    }
    *at++ = 0xc3;
    mprotect(code, SIZE + PAGE, RX);
    for (int i = 0; i < 2; i++) printf("%d\n", (unsigned)run(code) == expected);
    mprotect(code, SIZE + PAGE, RW);
    code[0] = 0xe9;
    memcpy(code + 1, &(int){SIZE - 100}, 4);
    memset(code + SIZE - 95, 0x90, 89);
    emit(code + SIZE - 6, 1234);
    mprotect(code, SIZE + PAGE, RX);
    printf("%d\n", run(code));
}
