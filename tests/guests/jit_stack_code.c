// Code on the stacks of threads: GCC's trampolines for nested functions, several at once.
// build: -Wl,-z,execstack
#include "jit.h"
static int apply(int (*f)(int), int x) { return f(x); }
static void *nested(void *n) {
    int base = NUMBER(n), calls = 0;
    int add(int x) { return calls++, x + base; }
    int sum = 0;
    for (int i = 0; i < 300; i++) {
        int twice(int x) { return add(add(x)) + i; }
        sum = sum * 3 % 1000003 + apply(i % 2 ? add : twice, i);
    }
    return POINTER(sum * 10 + calls % 10);
}
int main(void) {
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(nested, i * 100);
    for (int i = 0; i < 4; i++) printf("%ld\n", join(t[i]));
    printf("%d\n", NUMBER(nested(POINTER(7))));
}
