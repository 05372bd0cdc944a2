// Small functions in three hundred mappings far apart, made by two threads and called in turn.
#include "jit.h"
enum { N = 300 };
static void *functions[N];
static void *makes(void *half) {
    for (int i = NUMBER(half); i < N; i += 2) {
        void *at = (void *)(0x100000000000 + i * 0x1230000000);
        functions[i] = mmap(at, PAGE, RWX, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (functions[i] != at) puts("taken");
        emit(at, i);
    }
    return NULL;
}
int main(void) {
    pthread_t a = start(makes, 0), b = start(makes, 1);
    join(a), join(b);
    long sum = 0;
    for (int round = 0; round < 5; round++)
        for (int i = 0; i < N; i++) sum = sum * 3 % 1000003 + run(functions[i * 7 % N]);
    printf("%ld\n", sum);
    for (int i = 0; i < N; i += 3) munmap(functions[i], PAGE);
    for (int i = 1; i < N; i += 3) sum += run(functions[i]);
    printf("%ld\n", sum);
}
