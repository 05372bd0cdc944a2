// A program linked where the usual start files are not made for: says whether `LINKED_THERE` holds.
#include "guest.h"
// The usual start files are not made for such a place.
__asm__(".globl _start\n_start: xor %ebp,%ebp\n mov %rdx,%r9\n pop %rsi\n mov %rsp,%rdx\n and $-16,%rsp\n"
        "push %rax\n push %rsp\n xor %r8d,%r8d\n xor %ecx,%ecx\n lea main(%rip),%rdi\n"
        "call *__libc_start_main@GOTPCREL(%rip)\n hlt\n");
static int value = 7;
static int compare(const void *a, const void *b) { return *(int *)a - *(int *)b; }
int main(void) {
    int numbers[50];
    for (int i = 0; i < 50; i++) numbers[i] = i * 37 % 50;
    int (*volatile order)(const void *, const void *) = compare;
    qsort(numbers, 50, sizeof *numbers, order);
    printf("%d %d %d\n", numbers[0], numbers[49], value);
    printf("%d\n", LINKED_THERE);
    handle(SIGUSR1, SIG_IGN, 0);
    raise(SIGUSR1);
    char *heap = malloc(1000);
    printf("%d\n", heap != NULL && sbrk(0) != (void *)-1);
}
