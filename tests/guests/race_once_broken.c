// Double-checked creation without any order: sometimes made twice; who won is printed.
// nondeterministic: the schedule is the point
#include "thread.h"
static int *volatile instance;
static volatile int made;
static void *get(void *n) {
    gate(4);
    if (!instance) {
        for (volatile int work = 0; work < 3000; work++) {}
        int *new = malloc(sizeof(int));
        *new = NUMBER(n);
        made = made + 1;
        instance = new;
    }
    return POINTER(*instance);
}
int main(void) {
    for (int round = 0; round < 10; round++) {
        instance = NULL;
        made = gate_ = 0;
        pthread_t t[4];
        for (int i = 0; i < 4; i++) t[i] = start(get, i);
        for (int i = 0; i < 4; i++) printf("%ld ", join(t[i]));
        printf("made %d, kept %d\n", made, *instance);
    }
}
