// int3 raises SIGTRAP with rip behind it; execution goes on after the handler.
#include "guest.h"
int stops(int n);
extern char after[];
asm("stops: stc\n int3\nafter: adc $0, %edi\n int $3\n mov %edi, %eax\n ret");
static void trap(int sig, siginfo_t *info, void *context) {
    printf("signal %d code %d after the first: %d carry %lld\n", sig, info->si_code,
           REG(context, RIP) == (long)after, REG(context, EFL) & 1);
}
int main(void) {
    handle(SIGTRAP, trap, 0);
    for (int i = 0; i < 3; i++) printf("%d\n", stops(i));
}
