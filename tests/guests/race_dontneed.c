// One thread gives pages back while another writes to them: which bytes survived.
// nondeterministic: the schedule is the point
#include "thread.h"
enum { PAGES = 16 };
static volatile char *memory;
static _Atomic int done;
static void *writes(void *unused) {
    gate(2);
    for (int i = 1; i <= 20000; i++)
        for (int p = 0; p < PAGES; p++) memory[p * PAGE + i % PAGE] = i;
    done = 1;
    return NULL;
}
int main(void) {
    memory = mmap(0, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_t t = start(writes, 0);
    gate(2);
    long rounds = 0;
    while (!done) madvise((void *)memory + rounds++ % PAGES * PAGE, PAGE, MADV_DONTNEED);
    join(t);
    int kept = 0;
    for (int i = 0; i < PAGES * PAGE; i++) kept += memory[i] != 0;
    printf("%ld rounds, kept %d, %lx\n", rounds, kept, hash_bytes((void *)memory, PAGES * PAGE));
}
