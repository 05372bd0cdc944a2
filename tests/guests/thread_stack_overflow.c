// Threads overflow their stacks into the guard page; handlers on alternate stacks, one for each.
#include "thread.h"
static __thread sigjmp_buf back;
static void handler(int sig, siginfo_t *info, void *context) {
    siglongjmp(back, info->si_code == SEGV_ACCERR ? 2 : 1); // the guard is mapped
}
__attribute__((noinline)) static int deeper(volatile char *above) {
    volatile char here[1000];
    here[10] = above[10] + 1;
    return deeper(here) + here[20];
}
static void *overflows(void *n) {
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536}, old;
    sigaltstack(&stack, NULL);
    int via = 0, caught = 0;
    for (volatile int i = 0; i < 3; i++) {
        via = sigsetjmp(back, 1);
        if (!via) deeper((char[1000]){0});
        caught += via;
    }
    sigaltstack(NULL, &old);
    return POINTER(caught * 10 + (old.ss_sp == stack.ss_sp) + old.ss_flags);
}
int main(void) {
    handle(SIGSEGV, handler, SA_ONSTACK);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(overflows, i);
    for (int i = 0; i < 4; i++) printf("%ld\n", join(t[i]));
}
