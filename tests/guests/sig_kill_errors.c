// What kill and its relatives refuse: no such process, group or thread, bad numbers, a thread of another process.
#include "proc.h"
int main(void) {
    Gate go = gate();
    pid_t pid = CHILD(await(go));
    printf("tgkill with the wrong group: %d\n", tgkill(getpid(), pid, 0) == -1 && errno == ESRCH);
    printf("tgkill: %d\n", tgkill(pid, pid, 0));
    TRY(kill(pid, 65));
    TRY(kill(pid, -1));
    pass(go);
    reap("child", pid);
    printf("gone: %d\n", kill(pid, 0) == -1 && errno == ESRCH);
    printf("gone: %d\n", tgkill(pid, pid, 0) == -1 && errno == ESRCH);
    TRY(kill(0x7fffffff, 0));
    TRY(kill(-0x7fffffff, 0));
    TRY(kill((int)0x80000000, 0));
    TRY(tgkill(0, gettid(), 0));
    TRY(tgkill(getpid(), -1, 0));
    TRY(syscall(SYS_tkill, 0, 0));
    TRY(kill(getpid(), 0));
    sigset_t set;
    sigemptyset(&set);
    TRY(syscall(SYS_rt_sigprocmask, 9, &set, NULL, 8));
    TRY(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4));
    TRY(syscall(SYS_rt_sigprocmask, SIG_BLOCK, 8, NULL, 8));
    TRY(syscall(SYS_rt_sigsuspend, &set, 16));
    TRY(syscall(SYS_rt_sigpending, 8, 8));
}
