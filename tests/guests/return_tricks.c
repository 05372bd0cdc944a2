// Returns that do not match their calls: a changed return address, retpolines, call-pop, shadowless switching.
#include "guest.h"
extern char landed[];
int tricks(void);
asm("tricks: call 1f\n1: pop %rcx\n"                              // call to the next instruction
    "lea 2f(%rip), %rax\n push %rax\n ret\n2:\n"                  // push and return
    "lea 4f(%rip), %rax\n call 3f\n ud2\n3: mov %rax, (%rsp)\n ret\n4:\n" // retpoline
    "call 5f\n ud2\n ud2\n jmp 6f\n5: addq $4, (%rsp)\n ret\n6:\n"        // skips behind its call
    "call 7f\n jmp 8f\n7: lea 8(%rsp), %rsp\n8: mov $42, %eax\n ret");    // drops its return address
int main(void) {
    int total = 0;
    for (int i = 0; i < 1000; i++) total += tricks();
    printf("%d\n", total);
}
