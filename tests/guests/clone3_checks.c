// What clone3 refuses, in which order, and what it takes: larger structures, cleared handlers with shared memory.
#include "proc.h"
#include <linux/sched.h>
#include <sched.h>
static struct { struct clone_args args; long more[4]; } a;
static void fresh(void) {
    memset(&a, 0, sizeof a);
    a.args.exit_signal = SIGCHLD;
}
static void try(const char *what, size_t size) {
    errno = 0;
    fflush(stdout);
    long pid = syscall(SYS_clone3, &a, size);
    if (!pid) _exit(0);
    if (pid > 0) waitpid(pid, NULL, __WALL);
    printf("%s: %s\n", what, pid > 0 ? "ok" : strerrorname_np(errno));
}
#define WITH(change) ({ fresh(); change; try(#change, sizeof a.args); })
static char stack[65536] __attribute__((aligned(64)));
static void handler(int sig) {}
/* A child that shares memory, with handlers cleared: prints its dispositions. */
static int dispositions(void *argument) {
    struct sigaction ignored, handled, segv;
    sigaction(SIGUSR1, NULL, &ignored);
    sigaction(SIGUSR2, NULL, &handled);
    sigaction(SIGSEGV, NULL, &segv);
    printf("ignored %d handled %d %d\n", ignored.sa_handler == SIG_IGN, handled.sa_handler == SIG_DFL, segv.sa_handler == SIG_DFL);
    if (argument) raise(SIGUSR2);
    return 5;
}
static long vfork_clear(long argument) {
    fresh();
    a.args.flags = CLONE_VM | CLONE_VFORK | CLONE_CLEAR_SIGHAND;
    a.args.stack = (uintptr_t)stack;
    a.args.stack_size = sizeof stack;
    register long argument_in asm("r12") = argument;
    register int (*function)(void *) asm("r13") = dispositions;
    long result;
    asm volatile("syscall\n"
                 "test %%rax, %%rax\n"
                 "jnz 1f\n"
                 "mov %%r12, %%rdi\n"
                 "call *%%r13\n"
                 "mov %%eax, %%edi\n"
                 "mov $60, %%eax\n"
                 "syscall\n"
                 "1:"
                 : "=a"(result)
                 : "a"(SYS_clone3), "D"(&a), "S"(sizeof a.args), "r"(argument_in), "r"(function)
                 : "rcx", "r11", "memory");
    return result;
}
int main(void) {
    fresh();
    try("exact", sizeof a.args);
    try("first version", 64);
    try("second version", 80);
    try("larger, zero", sizeof a);
    a.more[3] = 1;
    try("larger, not zero", sizeof a);
    try("too small", 63);
    try("size of nothing", 0);
    TRY(syscall(SYS_clone3, NULL, sizeof a.args));
    TRY(syscall(SYS_clone3, NULL, 4097));
    TRY(syscall(SYS_clone3, NULL, 1));
    signal(64, SIG_IGN);
    WITH(a.args.exit_signal = 64);
    WITH(a.args.exit_signal = 65);
    WITH(a.args.exit_signal = 1ull << 32 | SIGCHLD);
    WITH(a.args.stack_size = PAGE);
    WITH(a.args.stack = (uintptr_t)stack);
    WITH(a.args.flags = 1ull << 40);
    WITH(a.args.flags = CLONE_DETACHED);
    WITH(a.args.flags = SIGCHLD);
    WITH(a.args.flags = CLONE_THREAD);
    WITH((a.args.flags = CLONE_THREAD, a.args.exit_signal = 0));
    WITH((a.args.flags = CLONE_THREAD | CLONE_SIGHAND, a.args.exit_signal = 0));
    WITH(a.args.flags = CLONE_SIGHAND);
    WITH(a.args.flags = CLONE_CLEAR_SIGHAND);
    WITH(a.args.flags = CLONE_CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM);
    WITH(a.args.flags = CLONE_PARENT);
    WITH(a.args.flags = CLONE_NEWNS | CLONE_FS);
    WITH(a.args.set_tid_size = 1);
    WITH(a.args.set_tid = (uintptr_t)&a);
    WITH((a.args.set_tid = (uintptr_t)&a, a.args.set_tid_size = 33));
    WITH((a.args.set_tid = 8, a.args.set_tid_size = 1));
    WITH((a.args.flags = CLONE_INTO_CGROUP, a.args.cgroup = 1ull << 40));
    WITH((a.args.flags = CLONE_INTO_CGROUP, a.args.cgroup = 999));
    WITH((a.args.flags = CLONE_PIDFD, a.args.pidfd = 8));
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, handler);
    signal(SIGSEGV, handler);
    reap("handlers cleared", vfork_clear(0));
    reap("killed by what was handled", vfork_clear(1));
    raise(SIGUSR2);
    struct sigaction handled;
    sigaction(SIGUSR2, NULL, &handled);
    printf("still handled here %d\n", handled.sa_handler == handler);
}
