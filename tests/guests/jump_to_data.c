// Jumps to memory that is not executable: data, stack, heap; SIGSEGV with the target as rip.
#include "guest.h"
static sigjmp_buf back;
static unsigned char data[] = {0xc3};
static void segv(int sig, siginfo_t *info, void *context) {
    printf("rip is addr: %d code %d err %llx\n", (void *)REG(context, RIP) == info->si_addr, info->si_code,
           REG(context, ERR));
    siglongjmp(back, 1);
}
int main(void) {
    handle(SIGSEGV, segv, 0);
    unsigned char stack[] = {0xc3}, *heap = malloc(1);
    *heap = 0xc3;
    void *targets[] = {data, stack, heap};
    for (volatile int i = 0; i < 3; i++)
        if (!sigsetjmp(back, 1)) ((void (*)(void))targets[i])();
    puts("done");
}
