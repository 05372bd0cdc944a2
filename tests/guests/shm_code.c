// Code in shared memory, rewritten by the child while the parent runs it in between.
#include "proc.h"
static unsigned char *code;
static int run(void) { return ((int (*)(void))code)(); }
static void put(int value) {
    unsigned char bytes[] = {0xb8, value, value >> 8, 0, 0, 0xc3}; // mov eax, value; ret
    memcpy(code, bytes, sizeof bytes);
}
int main(void) {
    code = mmap(0, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Gate written = gate(), run_it = gate();
    put(1);
    printf("parent %d\n", run());
    pid_t pid = CHILD(for (int i = 0; i < 20; i++) {
        put(100 + i * i);
        if (run() != 100 + i * i) exit(1);
        pass(written);
        await(run_it);
    });
    int sum = 0;
    for (int i = 0; i < 20; i++) {
        await(written);
        sum = sum * 3 + run();
        pass(run_it);
    }
    reap("child", pid);
    printf("parent %d sum %x\n", run(), sum);
}
