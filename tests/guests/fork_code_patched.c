// Code written before the fork is patched after it, differently in child and parent, and each runs its own.
#include "proc.h"
static unsigned char *code;
static int run(void) { return ((int (*)(void))code)(); }
static void put(int value) {
    unsigned char bytes[] = {0xb8, value, value >> 8, 0, 0, 0xc3}; // mov eax, value; ret
    memcpy(code, bytes, sizeof bytes);
}
static int sum(int from) {
    int total = 0;
    for (int i = 0; i < 200; i++) put(from + i), total += run();
    return total;
}
int main(void) {
    code = mmap(0, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    put(1);
    printf("before %d\n", run());
    Gate child_did = gate(), parent_did = gate();
    pid_t pid = CHILD({
        printf("child, inherited %d\n", run());
        put(2);
        pass(child_did);
        await(parent_did);
        printf("child %d, many %d\n", run(), sum(1000));
    });
    await(child_did);
    printf("parent, inherited %d\n", run());
    put(3);
    pass(parent_did);
    reap("child", pid);
    printf("parent %d, many %d\n", run(), sum(2000));
}
