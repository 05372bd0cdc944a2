// Over exec: ignored signals and the mask stay, handlers become defaults, alternate stack and flags go.
#include "proc.h"
static char stack[20000];
static void handler(int sig) {}
int main(int argc, char **argv) {
    if (argc > 1) {
        sigset_t mask;
        stack_t now;
        sigprocmask(SIG_BLOCK, NULL, &mask);
        for (int sig = 1; sig <= SIGRTMAX; sig++) {
            struct sigaction action;
            if (sigaction(sig, NULL, &action)) continue;
            if (sigismember(&mask, sig) || action.sa_handler || action.sa_flags)
                printf("%d blocked %d %s flags %x\n", sig, sigismember(&mask, sig),
                       action.sa_handler == SIG_IGN ? "ignored" : action.sa_handler ? "handled" : "default", action.sa_flags);
        }
        sigaltstack(NULL, &now);
        printf("alternate stack %d\n", now.ss_flags != SS_DISABLE);
        return 0;
    }
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, handler);
    signal(SIGSEGV, handler);
    signal(SIGFPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGRTMIN + 5, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGRTMAX);
    sigaddset(&set, SIGSEGV);
    sigaddset(&set, SIGKILL);
    sigprocmask(SIG_SETMASK, &set, NULL);
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_NODEFER};
    sigaction(SIGHUP, &action, NULL);
    execl("/proc/self/exe", "x", "again", NULL);
}
