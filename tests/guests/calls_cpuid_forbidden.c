// ARCH_SET_CPUID: the instruction is a fault, in children too, but not in another program.
// needs: cpuid_fault
#include "calls.h"
#include <sys/wait.h>

static volatile int faults;

static void step_over(int sig, siginfo_t *info, void *context) {
    faults++;
    printf("signal %d, code %d, trap %d\n", sig, info->si_code, (int)REG(context, TRAPNO));
    REG(context, RIP) += 2;
}

static void try(const char *who) {
    unsigned a = 0, b, c = 0, d;
    CALL(arch_prctl, 0x1011, 0);
    faults = 0;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    printf("%s: %d faults\n", who, faults);
    fflush(stdout);
}

int main(int argc, char **argv) {
    handle(SIGSEGV, step_over, 0);
    if (argc > 1) {
        try("executed");
        return 0;
    }
    try("first");
    CALL(arch_prctl, 0x1012, 0);
    try("forbidden");
    if (!fork()) {
        try("child");
        // What the dynamic linker does is allowed again.
        execl(argv[0], argv[0], "x", NULL);
    }
    wait(NULL);
    CALL(arch_prctl, 0x1012, 1);
    try("allowed");
}
