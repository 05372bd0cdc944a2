// All of zmm0-31 and k0-7 survive system calls, intercepted instructions, branches and signals.
// build: -mavx512f -mavx512bw
// needs: avx512f avx512bw
#include "guest.h"
static void usr1(int sig) { asm volatile("vzeroall\n vpxorq %zmm31, %zmm31, %zmm31\n kxorq %k1, %k1, %k1"); }
#define LOAD(n) "vmovdqu64 64*" #n "(%1), %%zmm" #n "\n"
#define SAVE(n) "vmovdqu64 %%zmm" #n ", 64*" #n "(%2)\n"
#define LOADK(n) "kmovq 8*" #n "(%1), %%k" #n "\n"
#define SAVEK(n) "kmovq %%k" #n ", 2048+8*" #n "(%2)\n"
#define EIGHT(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define ALL(X) EIGHT(X) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) \
    X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
static unsigned char in[2112], out[2112];
static void call(long number, long a, long b) {
    memset(out, 0, sizeof out);
    long result = number;
    asm volatile(ALL(LOAD) EIGHT(LOADK) "mov $9, %%r8d\n 1: dec %%r8d\n jnz 1b\n syscall\n rdtsc\n" ALL(SAVE) EIGHT(SAVEK)
                 "vzeroupper" : "+a"(result) : "r"(in), "r"(out), "D"(a), "S"(b) : "rcx", "r8", "r11", "rdx", "memory", "cc");
    int same = !memcmp(in, out, 2048) && !memcmp(in, out + 2048, 64);
    printf("call %ld: %s\n", number, same ? "kept" : "changed");
}
int main(void) {
    for (int i = 0; i < 2112; i++) in[i] = i * 7 + i / 256 + 1;
    signal(SIGUSR1, usr1);
    call(SYS_getpid, 0, 0);
    call(SYS_kill, getpid(), SIGUSR1);
    struct { long a, b; } now;
    call(SYS_clock_gettime, 1, (long)&now);
    call(SYS_getrandom, (long)&now, 16);
}
