// A SIGSEGV handler maps or unprotects the page and the access goes on; in parent and children at once.
#include "proc.h"
static char *area;
static volatile int faults;
static void segv(int sig, siginfo_t *info, void *context) {
    char *page = (char *)((uintptr_t)info->si_addr & -PAGE);
    if (page < area || page >= area + 64 * PAGE) _exit(99);
    faults++;
    if (info->si_code == SEGV_MAPERR)
        mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    else
        mprotect(page, PAGE, PROT_READ | PROT_WRITE);
}
static void run(const char *who, int seed) {
    faults = 0;
    unsigned sum = 0;
    for (int i = 0; i < 64; i++) {
        area[(i * seed % 64) * PAGE + i] = i;
        memset(area + (i * 7 % 64) * PAGE + 100, seed, 50);
    }
    for (unsigned i = 0; i < 64 * PAGE; i++) sum = sum * 31 + (unsigned char)area[i];
    printf("%s: %d faults, %x\n", who, faults, sum);
}
int main(void) {
    area = mmap(0, 64 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(area + 32 * PAGE, 32 * PAGE);
    handle(SIGSEGV, segv, 0);
    reap("child", CHILD(run("child", 3)));
    run("parent", 5);
    mprotect(area, 64 * PAGE, PROT_READ);
    reap("child", CHILD(run("child", 3)));
    run("parent", 5);
}
