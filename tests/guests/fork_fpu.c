// Floating-point state goes into the child: registers, rounding mode, x87 stack, MXCSR flags.
#include "proc.h"
int main(void) {
    unsigned mxcsr = 0x7fa5, read_back; // towards zero, some sticky flags
    unsigned short control = 0x0c7f, word;
    double low[2] = {1.25, -3.5}, out[2], top;
    long pid;
    __asm__ volatile("ldmxcsr %[mxcsr]\n fldcw %[control]\n fldpi\n fldl2e\n movupd %[low], %%xmm9\n"
                     "mov $57, %%eax\n syscall\n" // fork
                     "movupd %%xmm9, %[out]\n fstpl %[top]\n fstp %%st(0)\n fstcw %[word]\n stmxcsr %[read]"
                     : [out] "=m"(out), [top] "=m"(top), [word] "=m"(word), [read] "=m"(read_back), "=&a"(pid)
                     : [low] "m"(low), [mxcsr] "m"(mxcsr), [control] "m"(control)
                     : "rcx", "r11", "xmm9", "memory");
    if (pid) waitpid(pid, NULL, 0);
    printf("%s: %g %g %a %x %x\n", pid ? "parent" : "child", out[0], out[1], top, word, read_back);
    printf("%a\n", 1.0 / *(volatile double *)&low[1]);
}
