// A rep movsb that faults half-way: rsi, rdi and rcx say how far it got; it resumes where it was.
#include "guest.h"
static char *map;
static void segv(int sig, siginfo_t *info, void *context) {
    printf("rcx %lld rsi +%lld rdi +%lld\n", REG(context, RCX), REG(context, RSI) - (long)map,
           REG(context, RDI) - (long)map);
    mprotect(map + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE);
}
int main(void) {
    handle(SIGSEGV, segv, 0);
    map = mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(map, 'x', PAGE);
    mprotect(map + 2 * PAGE, PAGE, PROT_NONE);
    void *to = map + 2 * PAGE - 100, *from = map;
    long n = 1000;
    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n)::"memory");
    printf("%ld left, last %c\n", n, map[2 * PAGE + 899]);
}
