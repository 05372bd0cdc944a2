// nondeterministic: which components are in use depends on history; the replay must see the same
// needs: xsave xsavec
#include "guest.h"
#include <cpuid.h>
static unsigned char image[8192] __attribute__((aligned(64)));
static void print(const char *what, int size) {
    printf("%s %lx %lx\n", what, *(long *)(image + 512), *(long *)(image + 520));
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
