// Queued signals between processes: values arrive in order; of several pending numbers, the order is the kernel's.
#include "proc.h"
static void handler(int sig, siginfo_t *info, void *context) {
    printf("RTMIN+%d value %d code %d from the parent %d\n", sig - SIGRTMIN, info->si_value.sival_int, info->si_code,
           info->si_pid == getppid());
}
int main(void) {
    sigset_t set, old;
    sigemptyset(&set);
    for (int i = 0; i < 4; i++) handle(SIGRTMIN + i, handler, 0), sigaddset(&set, SIGRTMIN + i);
    sigprocmask(SIG_BLOCK, &set, &old);
    Gate sent = gate();
    pid_t pid = CHILD(await(sent); sigprocmask(SIG_SETMASK, &old, NULL); puts("all"));
    for (int value = 0; value < 6; value++)
        for (int i = 3; i >= 0; i--)
            if (sigqueue(pid, SIGRTMIN + i, (union sigval){.sival_int = value * 10 + i})) perror("sigqueue");
    pass(sent);
    reap("child", pid);
    TRY(sigqueue(getpid(), 0, (union sigval){0}));
    TRY(sigqueue(getpid(), 65, (union sigval){0}));
}
