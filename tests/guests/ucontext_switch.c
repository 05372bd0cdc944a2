// makecontext and swapcontext: coroutines on their own stacks.
#include "guest.h"
static ucontext_t main_context, worker;
static int value;
static void body(int start) {
    for (int i = start; i < start + 5; i++) {
        value = i * i;
        swapcontext(&worker, &main_context);
    }
    value = -1;
}
int main(void) {
    static char stack[65536];
    getcontext(&worker);
    worker.uc_stack.ss_sp = stack;
    worker.uc_stack.ss_size = sizeof stack;
    worker.uc_link = &main_context;
    makecontext(&worker, (void (*)(void))body, 1, 3);
    do {
        swapcontext(&main_context, &worker);
        printf("%d\n", value);
    } while (value >= 0);
}
