// clone3 by hand: the fields of its structure, sizes too small and too large.
#include "thread.h"
#include <linux/sched.h>
static _Atomic int word = 1;
static int parent_tid;
static char stack[65536] __attribute__((aligned(64)));
static long clone3(struct clone_args *args, size_t size, _Atomic int *target) {
    long result;
    asm volatile("syscall\n"
                 "test %%eax, %%eax\n"
                 "jnz 1f\n"
                 "lock addl $41, (%%r12)\n" // the new thread: adds, then leaves
                 "xor %%edi, %%edi\n"
                 "mov $60, %%eax\n"
                 "syscall\n"
                 "1:"
                 : "=a"(result)
                 : "a"(SYS_clone3), "D"(args), "S"(size), "d"(target)
                 : "rcx", "r11", "r12", "memory");
    return result;
}
int main(void) {
    struct { struct clone_args args; long more; } a = {0};
    static int child_tid = -1;
    a.args.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
                   CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID;
    a.args.stack = (intptr_t)stack;
    a.args.stack_size = sizeof stack;
    a.args.parent_tid = (intptr_t)&parent_tid;
    a.args.child_tid = (intptr_t)&child_tid;
    register _Atomic int *target asm("r12") = &word;
    asm volatile("" : "+r"(target));
    long tid = clone3(&a.args, sizeof a.args, target);
    while (*(volatile int *)&child_tid) futex(&child_tid, FUTEX_WAIT, tid, NULL, NULL, 0);
    printf("%d %d\n", word, tid == parent_tid);
    TRY(clone3(&a.args, 63, target) == -EINVAL);
    TRY(clone3(&a.args, 5000, target) == -E2BIG);
    a.more = 1;
    TRY(clone3(&a.args, sizeof a, target) == -E2BIG);
    a.args.stack_size = 0;
    TRY(clone3(&a.args, sizeof a.args, target) == -EINVAL);
    a.args.stack_size = sizeof stack;
    a.args.exit_signal = SIGCHLD;
    TRY(clone3(&a.args, sizeof a.args, target) == -EINVAL);
    TRY(clone3((void *)16, sizeof a.args, target) == -EFAULT);
}
