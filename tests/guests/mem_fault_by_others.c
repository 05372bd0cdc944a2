// Protections set by one thread make another fault; its handler lifts them, as a write barrier would.
#include "thread.h"
enum { PAGES = 32 };
static char *memory;
static _Atomic int dirty[PAGES], done;
static void handler(int sig, siginfo_t *info, void *context) {
    long page = ((char *)info->si_addr - memory) / PAGE;
    if (page < 0 || page >= PAGES) _exit(1);
    dirty[page]++;
    mprotect(memory + page * PAGE, PAGE, PROT_READ | PROT_WRITE);
}
static void *writes(void *unused) {
    for (int i = 0; i < 60; i++) {
        await(i * 2 + 1);
        memory[i * 5 % PAGES * PAGE]++;
        memory[i * 5 % PAGES * PAGE + 100]++;
        memory[i * 3 % PAGES * PAGE]++;
        step();
    }
    return NULL;
}
int main(void) {
    handle(SIGSEGV, handler, 0);
    memory = mmap(0, PAGES * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_t t = start(writes, 0);
    uint64_t hash = 0;
    for (int i = 0; i < 60; i++) {
        step();
        await(i * 2 + 2);
        for (int p = 0; p < PAGES; p++) hash = hash * 3 + atomic_exchange(&dirty[p], 0);
        mprotect(memory, PAGES * PAGE, PROT_READ);
    }
    join(t);
    printf("%lx %lx\n", hash, hash_bytes(memory, PAGES * PAGE));
}
