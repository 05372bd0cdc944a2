// Code that changes the very next instruction, and one it has just passed in a loop.
// build: -Wl,-z,noexecstack
#include "guest.h"
extern unsigned char patch_me[], start[];
int run(void);
asm(".text\n.balign 4096\nrun: xor %eax, %eax\n mov $4, %ecx\n"
    "start: lea patch_me(%rip), %rdx\n"
    "movb %cl, 1(%rdx)\n"             // rewrites the immediate below
    "patch_me: add $0x70, %al\n"
    "dec %ecx\n jnz start\n ret\n.balign 4096");
int main(void) {
    unsigned char *page = (void *)((long)start & -PAGE);
    TRY(mprotect(page, PAGE, 7));
    printf("%d\n", run());
    printf("%d\n", run());
}
