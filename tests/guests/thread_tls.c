// Initialised and zeroed thread-local variables: each thread has its own, also their addresses.
#include "thread.h"
static __thread int counter = 7;
static __thread char text[3000] __attribute__((aligned(64)));
static void *address[8];
static void *use(void *n) {
    for (int i = 0; i < NUMBER(n); i++) counter++;
    printf("%d '%s' aligned %d\n", counter, text, (intptr_t)text % 64 == 0);
    sprintf(text + 100, "thread %d", NUMBER(n));
    address[NUMBER(n)] = text;
    step();
    await(NUMBER(n) == 8 ? 0 : 8); // all stay alive, so that no two addresses can be the same
    return POINTER(counter + atoi(text + 107));
}
int main(void) {
    pthread_t t[8];
    for (int i = 0; i < 8; i++) {
        t[i] = start(use, i);
        await(i + 1);
    }
    for (int i = 0; i < 8; i++) printf("%ld\n", join(t[i]));
    int same = 0;
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < i; j++) same += address[i] == address[j];
    printf("main %d, same %d\n", counter, same);
}
