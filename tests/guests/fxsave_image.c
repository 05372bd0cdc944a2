// fxsave, xsave and xsavec images taken around system calls and intercepted instructions: the same
// bytes each run. The header's bitmaps are left to xsave_header.c.
// needs: xsave xsavec
#include "guest.h"
#include <cpuid.h>
static unsigned char image[8192] __attribute__((aligned(64)));
// XSAVEC leaves MXCSR out where SSE is as it is initially, and whether a processor notices that it is depends
// on what the kernel did meanwhile: the header tells.
static unsigned mxcsr(int size) {
    int left_out = size > 416 && !(image[512] & 6);
    return left_out ? 0x1f80 : *(unsigned *)(image + 24);
}
static void print(const char *what, int size) {
    printf("%s %lx fcw,fsw,ftw %x %x %x fop %x mxcsr %x \n", what, hash_bytes(image + 160, size - 160),
           *(unsigned short *)image, *(unsigned short *)(image + 2), image[4], *(unsigned short *)(image + 6),
           mxcsr(size));
    memset(image, 0, sizeof image);
}
#define NORMAL "fninit\n vzeroall\n"
#define VALUES "fldpi\n mov $0x1234, %%ecx\n movq %%rcx, %%xmm3\n"
#define INTERCEPTED "push %%rbx\n rdtsc\n xor %%eax, %%eax\n cpuid\n pop %%rbx\n mov $39, %%eax\n syscall\n"
#define IMAGE(name, save, prepare, size)                                                                               \
    asm volatile(prepare "mov $-1, %%eax\n mov $-1, %%edx\n" save " (%0)\n fninit" ::"r"(image)                        \
                 : "rax", "rcx", "rdx", "r11", "xmm3", "memory");                                                      \
    print(name, size);
int main(void) {
    IMAGE("fxsave", "fxsave64", NORMAL VALUES INTERCEPTED, 416)
    IMAGE("xsave", "xsave64", NORMAL VALUES INTERCEPTED, 512)
    IMAGE("xsave, init", "xsave64", NORMAL INTERCEPTED, 512)
    IMAGE("xsavec", "xsavec64", NORMAL VALUES INTERCEPTED, 512)
    IMAGE("xsavec, init", "xsavec64", NORMAL INTERCEPTED, 512)
    IMAGE("xsavec, ymm", "xsavec64", NORMAL VALUES "vpcmpeqb %%ymm3, %%ymm3, %%ymm3\n" INTERCEPTED, 512)
}
