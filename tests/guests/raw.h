/* What guests without libc need: calls, a way to make threads, and to print numbers. */
#pragma once
#include <linux/futex.h>
#include <linux/sched.h>
#include <stddef.h>
#include <sys/syscall.h>

#define THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

static inline long call6(long number, long a, long b, long c, long d, long e, long f) {
    register long r10 asm("r10") = d, r8 asm("r8") = e, r9 asm("r9") = f;
    asm volatile("syscall"
                 : "+a"(number)
                 : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                 : "rcx", "r11", "memory");
    return number;
}
#define CALL7(n, a, b, c, d, e, f, ...) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define call(...) CALL7(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

/* clone(2); the new thread goes on at `run` with an aligned stack. Returns in the old one only. */
static inline long thread(long flags, void *stack, int *parent, int *child, void *tls, void (*run)(void)) {
    register int *r10 asm("r10") = child;
    register void *r8 asm("r8") = tls;
    register void (*r12)(void) asm("r12") = run;
    long result = SYS_clone;
    asm volatile("syscall\n test %%eax, %%eax\n jnz 1f\n xor %%ebp, %%ebp\n call *%%r12\n ud2\n 1:"
                 : "+a"(result)
                 : "D"(flags), "S"(stack), "d"(parent), "r"(r10), "r"(r8), "r"(r12)
                 : "rcx", "r11", "memory");
    return result;
}

static void show(const char *what, long value) {
    char text[100], *at = text + sizeof text;
    int negative = value < 0, length = 0;
    *--at = '\n';
    for (unsigned long rest = negative ? -value : value; rest || at[0] == '\n'; rest /= 10) *--at = '0' + rest % 10;
    if (negative) *--at = '-';
    *--at = ' ';
    while (what[length]) length++;
    while (length--) *--at = what[length];
    call(SYS_write, 1, at, text + sizeof text - at);
}

void start(void);
asm(".globl _start\n_start: xor %ebp, %ebp\n and $-16, %rsp\n call start\n ud2");

void *memcpy(void *to, const void *from, size_t n) {
    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
    return to;
}
void *memset(void *to, int byte, size_t n) {
    asm volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(byte) : "memory");
    return to;
}
