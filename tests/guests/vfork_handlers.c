// A child of vfork shares memory, but not handlers, mask, descriptors, directory or alternate stack.
#include "proc.h"
static void handler(int sig) { printf("handled %s\n", sigabbrev_np(sig)); }
static void other(int sig) { _exit(9); }
static char stack[20000];
int main(void) {
    signal(SIGUSR1, handler);
    int fd = dup(1);
    char *before = getcwd(NULL, 0);
    pid_t pid = vfork();
    if (!pid) {
        sigset_t set;
        sigfillset(&set);
        signal(SIGUSR1, other);
        signal(SIGUSR2, SIG_IGN);
        sigprocmask(SIG_BLOCK, &set, NULL);
        sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
        close(fd);
        chdir("/");
        _exit(0);
    }
    reap("child", pid);
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("blocked %d\n", sigismember(&mask, SIGUSR1));
    raise(SIGUSR1);
    stack_t now;
    sigaltstack(NULL, &now);
    printf("no stack %d\n", now.ss_flags == SS_DISABLE);
    write(fd, "open\n", 5);
    printf("same directory %d\n", !strcmp(before, getcwd(NULL, 0)));
    reap("SIGUSR2 deadly", CHILD(raise(SIGUSR2)));
    pid = vfork();
    if (!pid) {
        raise(SIGUSR1); // handled in the child
        _exit(5);
    }
    reap("child", pid);
}
