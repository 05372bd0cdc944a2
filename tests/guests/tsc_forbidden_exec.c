// PR_SET_TSC holds for the next program too.
// build: -static
#include "guest.h"
#include <sys/prctl.h>

static void step_over(int sig, siginfo_t *info, void *context) {
    printf("signal %d\n", sig);
    REG(context, RIP) += 2;
}

int main(int argc, char **argv) {
    int state = 0;
    handle(SIGSEGV, step_over, 0);
    TRY(prctl(PR_GET_TSC, &state));
    printf("%d\n", state);
    __asm__ volatile("rdtsc" ::: "rax", "rdx");
    if (argc > 1) return 0;
    TRY(prctl(PR_SET_TSC, PR_TSC_SIGSEGV));
    execl(argv[0], argv[0], "x", NULL);
}
