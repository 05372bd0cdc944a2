// A loop runs without end in generated code until another thread patches its jump.
#include "jit.h"
static unsigned char *code;
static void *runs(void *unused) {
    step();
    return POINTER(run(code) != 0);
}
int main(void) {
    code = pages(1, RWX);
    for (int i = 0; i < 10; i++) {
        steps_ = 0;
        memcpy(code, "\xb8\x01\0\0\0\x90\xeb\xfe\xc3", 9); // mov eax, 1; nop; 1: jmp 1b; ret
        pthread_t t = start(runs, 0);
        await(1);
        nap(i % 3);
        *(volatile uint16_t *)(code + 6) = 0x9090; // aligned: seen whole
        printf("%ld\n", join(t));
    }
}
