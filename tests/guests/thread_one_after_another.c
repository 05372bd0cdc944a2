// Two thousand threads one after another: stacks and identities are used again.
#include "thread.h"
static long sum;
static void *add(void *n) {
    char stack[20000];
    memset(stack, NUMBER(n), sizeof stack);
    sum += stack[NUMBER(n) % sizeof stack];
    return NULL;
}
int main(void) {
    for (int i = 0; i < 2000; i++) join(start(add, i));
    printf("%ld\n", sum);
}
