// Code that ran before is unmapped, or loses its execute permission: the next call faults.
#include "guest.h"
static sigjmp_buf back;
static void segv(int sig, siginfo_t *info, void *context) {
    printf("fault at its start: %d, code %d\n", (void *)REG(context, RIP) == info->si_addr, info->si_code);
    siglongjmp(back, 1);
}
int main(void) {
    handle(SIGSEGV, segv, 0);
    unsigned char *at = mmap(0, PAGE, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(at, "\xb8\x07\0\0\0\xc3", 6);
    int (*volatile function)(void) = (void *)at;
    for (int i = 0; i < 100; i++) function();
    mprotect(at, PAGE, PROT_READ | PROT_WRITE);
    if (!sigsetjmp(back, 1)) function();
    mprotect(at, PAGE, PROT_READ | PROT_EXEC);
    printf("%d\n", function());
    munmap(at, PAGE);
    if (!sigsetjmp(back, 1)) function();
    puts("done");
}
