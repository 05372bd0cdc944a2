// libs: -lm
// MXCSR: rounding, flags and unmasked exceptions belong to the guest, across calls and signals.
#include "guest.h"
#include <fenv.h>
static sigjmp_buf back;
static void fpe(int sig, siginfo_t *info, void *context) {
    unsigned now;
    asm volatile("stmxcsr %0" : "=m"(now));
    printf("signal %d code %d mxcsr in frame %x in handler %x\n", sig, info->si_code,
           ((ucontext_t *)context)->uc_mcontext.fpregs->mxcsr, now);
    siglongjmp(back, 1);
}
static void usr1(int sig) { fesetround(FE_UPWARD); }
static unsigned csr(void) {
    unsigned now;
    asm volatile("stmxcsr %0" : "=m"(now));
    return now;
}
int main(void) {
    handle(SIGFPE, fpe, 0);
    signal(SIGUSR1, usr1);
    volatile double one = 1, three = 3, zero = 0;
    fesetround(FE_DOWNWARD);
    printf("%.17g %x\n", one / three, csr());
    kill(getpid(), SIGUSR1);
    getppid();
    printf("%.17g %x\n", one / three, csr());
    fesetround(FE_UPWARD);
    printf("%.17g %x\n", one / three, csr());
    fesetround(FE_TONEAREST);
    feclearexcept(FE_ALL_EXCEPT);
    printf("%g %x\n", one / zero, csr());
    feclearexcept(FE_ALL_EXCEPT);
    feenableexcept(FE_DIVBYZERO);
    if (!sigsetjmp(back, 1)) printf("%g\n", one / zero);
    puts("done");
}
