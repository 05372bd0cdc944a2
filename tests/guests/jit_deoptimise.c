// Return addresses on the stack are overwritten: callees return into other code than called them.
#include "jit.h"
static unsigned char *code;
static int round_;
static __attribute__((noinline)) void callee(void **frame) {
    if (round_ % 2) frame[0] = code + 64; // where `caller` would have gone on
}
int main(void) {
    code = pages(1, RWX);
    /* push rbp; lea rdi, [rsp-8]; mov rax, callee; call rax; mov eax, 1; pop rbp; ret */
    memcpy(code, "\x55\x48\x8d\x7c\x24\xf8\x48\xb8", 8);
    memcpy(code + 8, &(void *){callee}, 8);
    memcpy(code + 16, "\xff\xd0\xb8\x01\0\0\0\x5d\xc3", 9);
    memcpy(code + 64, "\xb8\x02\0\0\0\x5d\xc3", 7); // mov eax, 2; pop rbp; ret
    long sum = 0;
    for (round_ = 0; round_ < 200; round_++) sum = sum * 3 % 1000003 + run(code);
    printf("%ld\n", sum);
    code[65] = 9;
    round_ = 1;
    printf("%d\n", run(code));
}
