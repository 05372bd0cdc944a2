// Syscall user dispatch: calls from outside a range raise SIGSYS while a byte says so; children have none.
#include "proc.h"
#include <sys/prctl.h>
#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif

static volatile char selector;

static void dispatched(int sig, siginfo_t *info, void *context) {
    selector = 0;
    printf("signal %d, code %d, call %d, argument %lld, behind it: %d\n", sig, info->si_code,
           info->si_syscall, REG(context, RDI), (long long)info->si_call_addr == REG(context, RIP));
    REG(context, RAX) = 55;
}

#define DISPATCH(...) prctl(PR_SET_SYSCALL_USER_DISPATCH, __VA_ARGS__)

static long blocked(long number, long argument) {
    selector = 1;
    long result = syscall(number, argument);
    selector = 0;
    return result;
}

int main(void) {
    handle(SIGSYS, dispatched, 0);
    TRY(DISPATCH(2, 0, 0, 0));
    TRY(DISPATCH(0, 1, 0, 0));
    TRY(DISPATCH(1, -1L, 2, 0));
    TRY(DISPATCH(1, 0, 0, &selector));
    TRY(getpid() > 0);
    TRY(blocked(SYS_getpid, 3));
    TRY(blocked(9999, 4));
    reap("child", CHILD(TRY(blocked(SYS_getpid, 3) > 1)));
    reap("killed", CHILD({
        DISPATCH(1, 0, 0, &selector);
        selector = 7;
        getppid();
    }));
    unsigned long libc = (unsigned long)&syscall & ~0xfffUL;
    TRY(DISPATCH(1, libc, 2 * PAGE, &selector));
    TRY(blocked(SYS_getpgid, 0) > 0);
    TRY(DISPATCH(0, 0, 0, 0));
    TRY(blocked(SYS_getpid, 3) > 1);
}
