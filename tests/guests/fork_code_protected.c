// Code pages made writable, changed and executable again, in the child and then in the parent.
#include "proc.h"
static unsigned char *code;
static int run(void) { return ((int (*)(void))code)(); }
static void flip(int value) {
    mprotect(code, PAGE, PROT_READ | PROT_WRITE);
    code[1] = value;
    mprotect(code, PAGE, PROT_READ | PROT_EXEC);
}
static void noexec(int sig) {
    printf("not executable\n");
    _exit(1);
}
int main(void) {
    code = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(code, (unsigned char[]){0xb8, 0, 0, 0, 0, 0xc3}, 6); // mov eax, 0; ret
    signal(SIGSEGV, noexec);
    flip(1);
    printf("before %d\n", run());
    reap("child", CHILD(flip(2); printf("child %d\n", run()); mprotect(code, PAGE, PROT_READ); run()));
    printf("parent %d\n", run());
    reap("child", CHILD(munmap(code, PAGE); run()));
    for (int i = 0; i < 100; i++) flip(i);
    printf("parent %d\n", run());
    reap("child", CHILD(printf("child %d\n", run())));
}
