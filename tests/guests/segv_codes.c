// no-memory-check: err shows whether a page was touched before
// siginfo of the ways to fault: unmapped, read-only, no access, not executable.
#include "guest.h"
static sigjmp_buf back;
static void segv(int sig, siginfo_t *info, void *context) {
    printf("signal %d code %d err %llx cr2 %d\n", sig, info->si_code, REG(context, ERR),
           (void *)REG(context, CR2) == info->si_addr);
    siglongjmp(back, 1);
}
int main(void) {
    handle(SIGSEGV, segv, 0);
    char *ro = mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *none = mmap(0, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *gone = mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(gone, PAGE);
    if (!sigsetjmp(back, 1)) *(volatile char *)gone;
    if (!sigsetjmp(back, 1)) *(volatile char *)gone = 1;
    if (!sigsetjmp(back, 1)) *(volatile char *)ro = 1;
    if (!sigsetjmp(back, 1)) *(volatile char *)none;
    if (!sigsetjmp(back, 1)) *(volatile char *)none = 1;
    if (!sigsetjmp(back, 1)) ((void (*)(void))ro)();
    if (!sigsetjmp(back, 1)) ((void (*)(void))none)();
    if (!sigsetjmp(back, 1)) ((void (*)(void))gone)();
    if (!sigsetjmp(back, 1)) main == 0 ? 0 : (*(volatile char *)(void *)main = 1);
    puts("done");
}
