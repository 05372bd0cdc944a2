// The alternate signal stack is inherited by fork; a fork made on it goes on there in both.
#include "proc.h"
static char stack[65536];
static int on(void *local) { return (char *)local > stack && (char *)local < stack + sizeof stack; }
static volatile pid_t pid;
static void segv(int sig, siginfo_t *info, void *context) {
    char local;
    printf("fault at %ld, on the stack %d\n", (long)info->si_addr, on(&local));
    _exit(3);
}
static void usr1(int sig, siginfo_t *info, void *context) {
    char local;
    stack_t now;
    pid = fork();
    sigaltstack(NULL, &now);
    if (pid) reap("child", pid);
    printf("%s on the stack %d flags %d\n", pid ? "parent" : "child", on(&local), now.ss_flags);
}
int main(void) {
    stack_t set = {.ss_sp = stack, .ss_size = sizeof stack}, now;
    sigaltstack(&set, NULL);
    handle(SIGSEGV, segv, SA_ONSTACK);
    handle(SIGUSR1, usr1, SA_ONSTACK);
    reap("faulty child", CHILD(*(volatile int *)8 = 1));
    raise(SIGUSR1);
    sigaltstack(NULL, &now);
    printf("%s afterwards: flags %d, same %d\n", pid ? "parent" : "child", now.ss_flags, now.ss_sp == stack);
}
