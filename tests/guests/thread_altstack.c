// The alternate stack is not inherited by threads; each has its own and handlers use it.
#include "thread.h"
static __thread char *low, *high;
static volatile __thread int on_it; // raise is declared not to call back
static void handler(int sig, siginfo_t *info, void *context) {
    char here;
    stack_t now;
    sigaltstack(NULL, &now);
    on_it += &here >= low && &here < high;
    on_it += now.ss_flags == SS_ONSTACK ? 10 : 0;
    on_it += sigaltstack(&now, NULL) ? 100 : 0; // not while in use
}
static void *run(void *size) {
    stack_t stack;
    sigaltstack(NULL, &stack);
    int disabled = stack.ss_flags == SS_DISABLE;
    raise(SIGUSR1);
    int without = on_it;
    stack = (stack_t){.ss_sp = low = malloc(NUMBER(size)), .ss_size = NUMBER(size)};
    high = low + NUMBER(size);
    sigaltstack(&stack, NULL);
    for (int i = 0; i < 10; i++) raise(SIGUSR1);
    return POINTER(disabled * 10000 + on_it - without);
}
int main(void) {
    handle(SIGUSR1, handler, SA_ONSTACK);
    printf("%d\n", NUMBER(run(POINTER(40000))));
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(run, 20000 + 1000 * i);
    for (int i = 0; i < 3; i++) printf("%ld\n", join(t[i]));
}
