// Implicit null checks: generated loads fault, the handler moves pc to the slow path.
#include "jit.h"
static unsigned char *code;
static _Atomic int faults;
/* mov eax, [rdi+16]; ret; padding; slow path at 32: mov eax, -1; ret */
static void handler(int sig, siginfo_t *info, void *context) {
    unsigned char *pc = (void *)REG(context, RIP);
    if (pc != code || info->si_addr != (void *)16) _exit(1);
    faults++;
    REG(context, RIP) = (long)(code + 32);
}
static void *runs(void *n) {
    long object[3] = {0, 0, NUMBER(n)}, sum = 0;
    for (int i = 0; i < 300; i++) sum += ((int (*)(void *))code)(i % 3 ? object : NULL);
    return (void *)sum;
}
int main(void) {
    handle(SIGSEGV, handler, 0);
    code = pages(1, RW);
    memcpy(code, "\x8b\x47\x10\xc3", 4);
    emit(code + 32, -1);
    mprotect(code, PAGE, RX);
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(runs, i * 1000);
    for (int i = 0; i < 3; i++) printf("%ld\n", join(t[i]));
    printf("%d\n", faults);
}
