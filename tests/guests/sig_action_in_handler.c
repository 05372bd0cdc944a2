// sigaction inside a handler: replaces itself, resets, ignores, and what sigaction reports then.
#include "proc.h"
static void second(int sig) {
    printf("second %s\n", sigabbrev_np(sig));
    signal(sig, SIG_IGN);
    raise(sig);
    puts("ignored");
}
static void first(int sig) {
    struct sigaction old, action = {.sa_handler = second, .sa_flags = SA_RESTART | SA_NODEFER};
    sigaddset(&action.sa_mask, SIGALRM);
    sigaction(sig, &action, &old);
    printf("first %s, old flags %x mask %d %d\n", sigabbrev_np(sig), old.sa_flags, sigismember(&old.sa_mask, SIGALRM),
           sigismember(&old.sa_mask, SIGHUP));
    raise(sig); // still blocked: the first one's flags count
    puts("first ends");
}
int main(void) {
    struct sigaction action = {.sa_handler = first}, now;
    sigaddset(&action.sa_mask, SIGHUP);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &now);
    printf("now ignored %d\n", now.sa_handler == SIG_IGN);
    raise(SIGUSR1);
    TRY(sigaction(SIGKILL, &action, NULL));
    TRY(sigaction(SIGSTOP, &action, NULL));
    TRY(sigaction(SIGKILL, NULL, &now));
    TRY(sigaction(65, NULL, &now));
    TRY(syscall(SYS_rt_sigaction, SIGUSR1, NULL, &now, 4));
    pid_t pid = CHILD(signal(SIGUSR1, SIG_DFL); raise(SIGUSR1));
    reap("child", pid);
}
