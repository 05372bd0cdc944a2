// Tiered code: a counter in the code calls the compiler, which replaces the running function.
#include "jit.h"
static unsigned char *code;
static int compiled;
static void compile(void) {
    compiled++;
    emit(code, 1000 + compiled); // the caller is this very function
}
int main(void) {
    code = pages(1, RWX);
    long count = 0, sum = 0;
    for (int round = 0; round < 3; round++) {
        count = 5;
        unsigned char *at = code;
        *at++ = 0x48, *at++ = 0xba, memcpy(at, &(void *){&count}, 8), at += 8; // mov rdx, &count
        memcpy(at, "\x48\xff\x0a\x75\x0e\x50\x48\xb8", 8), at += 8; // dec [rdx]; jnz 1f; push rax; mov rax,
        memcpy(at, &(void *){compile}, 8), at += 8;
        memcpy(at, "\xff\xd0\x58\x90\xb8\x07\0\0\0\xc3", 10); // call rax; pop rax; 1: mov eax, 7; ret
        for (int i = 0; i < 10; i++) sum = sum * 3 + run(code);
        printf("%ld %d\n", sum, compiled);
    }
}
