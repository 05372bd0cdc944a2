// All 256 bits of the ymm registers survive system calls, intercepted instructions and signals.
// build: -mavx2
// needs: avx2
#include "guest.h"
#include <immintrin.h>
static void usr1(int sig) { asm volatile("vzeroall"); }
#define LOAD(n) "vmovdqu 32*" #n "(%1), %%ymm" #n "\n"
#define SAVE(n) "vmovdqu %%ymm" #n ", 32*" #n "(%2)\n"
#define ALL(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
static unsigned char in[512], out[512];
static void call(long number, long a, long b) {
    memset(out, 0, sizeof out);
    long result = number;
    asm volatile(ALL(LOAD) "syscall\n" ALL(SAVE) "vzeroupper"
                 : "+a"(result) : "r"(in), "r"(out), "D"(a), "S"(b) : "rcx", "r11", "rdx", "memory",
                   "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                   "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    printf("call %ld: %s\n", number, memcmp(in, out, sizeof in) ? "changed" : "kept");
}
int main(void) {
    for (int i = 0; i < 512; i++) in[i] = i * 7 + 1;
    signal(SIGUSR1, usr1);
    call(SYS_getpid, 0, 0);
    call(SYS_kill, getpid(), SIGUSR1);
    struct { long a, b; } now;
    call(SYS_clock_gettime, 1, (long)&now);
    memset(out, 0, sizeof out);
    asm volatile(ALL(LOAD) "mov $3, %%r8d\n 1: push %%rax\n rdtsc\n xor %%eax, %%eax\n xor %%ecx, %%ecx\n mov %%rbx, %%r9\n"
                 "cpuid\n mov %%r9, %%rbx\n pop %%rax\n dec %%r8d\n jnz 1b\n" ALL(SAVE) "vzeroupper"
                 ::"r"(0L), "r"(in), "r"(out) : "rax", "rcx", "rdx", "r8", "r9", "memory", "cc");
    puts(memcmp(in, out, sizeof in) ? "changed" : "kept");
}
