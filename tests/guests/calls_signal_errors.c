// Signals: actions, masks, stacks, sending, waiting.
#include "calls.h"
#include <sys/resource.h>
#include <time.h>

struct kernel_action {
    uint64_t handler, flags, restorer, mask;
};

int main(void) {
    struct kernel_action *action = A(256);
    fresh();
    CALL(rt_sigaction, 77, 0, A(0), 8);
    CALL(rt_sigaction, 0, 0, A(0), 8);
    CALL(rt_sigaction, SIGKILL, action, 0, 8);
    CALL(rt_sigaction, SIGKILL, 0, A(0), 8);
    CALL(rt_sigaction, SIGUSR1, 0, A(64), 7);
    CALL(rt_sigaction, SIGUSR1, BAD, 0, 8);
    CALL(rt_sigaction, SIGUSR1, 0, BAD, 8);
    *action = (struct kernel_action){1, 0x04000000, 0x1234, -1L};
    CALL(rt_sigaction, SIGUSR1, action, A(0), 8);
    CALL(rt_sigaction, SIGUSR1, 0, A(64), 8);
    CALL(rt_sigaction, SIGUSR1, action, BAD, 8);
    CALL(rt_sigprocmask, 77, A(0), 0, 8);
    CALL(rt_sigprocmask, SIG_BLOCK, A(0), 0, 7);
    CALL(rt_sigprocmask, SIG_BLOCK, BAD, 0, 8);
    CALL(rt_sigprocmask, SIG_BLOCK, 0, BAD, 8);
    fresh();
    *(uint64_t *)A(8) = ~0;
    CALL(rt_sigprocmask, SIG_BLOCK, A(8), A(16), 8);
    CALL(rt_sigprocmask, 77, 0, A(24), 8);
    *(uint64_t *)A(8) = 0;
    CALL(rt_sigprocmask, SIG_SETMASK, A(8), A(32), 8);
    CALL(rt_sigpending, A(0), 9);
    CALL(rt_sigpending, A(0), 4);
    CALL(rt_sigpending, BAD, 8);
    CALL(rt_sigpending, A(64), 8);
    stack_t *stack = A(512);
    *stack = (stack_t){A(0), 77, 8192};
    CALL(sigaltstack, stack, 0);
    *stack = (stack_t){A(0), 0, 100};
    CALL(sigaltstack, stack, 0);
    CALL(sigaltstack, BAD, 0);
    // Nothing changes, so its size does not matter.
    *stack = (stack_t){0, 0, 0};
    CALL(sigaltstack, stack, A(600));
    *stack = (stack_t){A(0), SS_DISABLE | 1 << 31, 5};
    CALL(sigaltstack, stack, A(600));
    CALL(sigaltstack, 0, A(600));
    *stack = (stack_t){0, 0, 0};
    CALL(sigaltstack, stack, A(600));
    CALL(sigaltstack, 0, BAD);
    fresh();
    CALL(sigaltstack, 0, A(0));
    CALL(kill, getpid(), 77);
    CALL(kill, 99999999, 0);
    CALL(kill, 1 << 31, 0);
    CALL(kill, getpid(), 0);
    CALL(tkill, -1, 0);
    CALL(tkill, 99999999, 0);
    CALL(tkill, gettid(), 77);
    CALL(tgkill, getpid(), 99999999, 0);
    CALL(tgkill, -1, gettid(), 0);
    CALL(tgkill, 1, gettid(), 0);
    CALL(tgkill, getpid(), gettid(), 0);
    siginfo_t *info = A(1024);
    memset(info, 0, sizeof *info);
    info->si_code = SI_QUEUE;
    CALL(rt_sigqueueinfo, getpid(), 77, info);
    CALL(rt_sigqueueinfo, 99999999, SIGUSR1, info);
    CALL(rt_sigqueueinfo, getpid(), SIGUSR1, BAD);
    CALL(rt_tgsigqueueinfo, getpid(), 99999999, SIGUSR1, info);
    CALL(rt_tgsigqueueinfo, -1, gettid(), SIGUSR1, info);
    CALL(rt_tgsigqueueinfo, getpid(), gettid(), 77, info);
    info->si_code = SI_TKILL;
    CALL(rt_sigqueueinfo, 1, SIGUSR1, info);
    struct timespec none = {0, 0}, wrong = {0, -1};
    uint64_t set = 1 << (SIGUSR2 - 1);
    CALL(rt_sigtimedwait, &set, A(0), &none, 8);
    CALL(rt_sigtimedwait, &set, A(0), &wrong, 8);
    CALL(rt_sigtimedwait, &set, A(0), &none, 7);
    CALL(rt_sigtimedwait, BAD, A(0), &none, 8);
    CALL(rt_sigtimedwait, &set, A(0), BAD, 8);
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, 0, 8);
    fresh();
    memset(info, 0, sizeof *info);
    info->si_code = SI_QUEUE, info->si_value.sival_int = 5;
    CALL(rt_sigqueueinfo, getpid(), SIGUSR2, info);
    CALL(rt_sigpending, A(0), 8);
    // The signal is taken, whatever becomes of it.
    CALL(rt_sigtimedwait, &set, BAD, &none, 8);
    CALL(rt_sigtimedwait, &set, A(64), &none, 8);
    CALL(rt_sigqueueinfo, getpid(), SIGUSR2, info);
    CALL(rt_sigtimedwait, &set, A(64), &none, 8);
    struct rlimit few = {0, 0};
    setrlimit(RLIMIT_SIGPENDING, &few);
    set = 1UL << (SIGRTMIN - 1);
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, 0, 8);
    CALL(rt_sigqueueinfo, getpid(), SIGRTMIN, info);
    CALL(rt_sigsuspend, BAD, 8);
    CALL(rt_sigsuspend, A(0), 7);
    CALL(restart_syscall);
}
