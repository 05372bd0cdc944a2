// The x87 stack, tag word and control word live across system calls and intercepted instructions.
#include "guest.h"
static void usr1(int sig) {
    long double x = 3;
    asm volatile("fninit\n fld1\n fldpi\n fstp %%st\n fstp %%st" ::: "memory");
    (void)x;
}
int main(void) {
    signal(SIGUSR1, usr1);
    unsigned short status, control = 0x0f7f, control_after; // round to zero, extended
    double a, b, c;
    static long room[2];
    long pid = getpid(), result = SYS_kill;
    asm volatile("fldcw %5\n fldpi\n fldl2e\n fld1\n syscall\n rdtsc\n mov $228, %%eax\n mov $1, %%edi\n mov %6, %%rsi\n"
                 "syscall\n fnstsw %3\n fstpl %0\n fstpl %1\n fstpl %2\n fnstcw %4\n fninit"
                 : "=m"(a), "=m"(b), "=m"(c), "=m"(status), "=m"(control_after)
                 : "m"(control), "r"(room), "a"(result), "D"(pid), "S"((long)SIGUSR1) : "rcx", "r11", "rdx", "memory");
    printf("%.17g %.17g %.17g status %04x control %04x\n", a, b, c, status, control_after);
    printf("%.19Lg %.19Lg\n", 1.0L / 3, __builtin_sqrtl(2));
}
