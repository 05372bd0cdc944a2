// A handler on the alternate stack is interrupted by others there, switches it off and on, and jumps away from it.
#include "proc.h"
static char stack[65536], second[65536];
static sigjmp_buf back;
static const char *where(void *local) {
    char *at = local;
    return at > stack && at < stack + sizeof stack ? "first" : at > second && at < second + sizeof second ? "second" : "normal";
}
static void tell(const char *what) {
    stack_t now;
    sigaltstack(NULL, &now);
    printf("%s on the %s stack, flags %x\n", what, where(&now), now.ss_flags);
}
static void inner(int sig) { tell("inner"); }
static void outer(int sig) {
    tell("outer");
    raise(SIGUSR2);
    stack_t other = {.ss_sp = second, .ss_size = sizeof second};
    TRY(sigaltstack(&other, NULL)); // not while on it
    tell("outer again");
}
static void jumper(int sig) {
    tell("jumper");
    siglongjmp(back, 1);
}
static void disarmed(int sig) {
    stack_t other = {.ss_sp = second, .ss_size = sizeof second};
    tell("disarmed");
    TRY(sigaltstack(&other, NULL)); // SS_AUTODISARM took the old one away
    raise(SIGUSR2);
}
int main(void) {
    stack_t set = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_flags = SA_ONSTACK};
    sigaltstack(&set, NULL);
    action.sa_handler = outer, sigaction(SIGUSR1, &action, NULL);
    action.sa_handler = inner, sigaction(SIGUSR2, &action, NULL);
    action.sa_handler = jumper, sigaction(SIGHUP, &action, NULL);
    action.sa_handler = disarmed, sigaction(SIGALRM, &action, NULL);
    raise(SIGUSR1);
    for (int i = 0; i < 3; i++)
        if (!sigsetjmp(back, 1)) raise(SIGHUP);
    tell("main");
    set.ss_flags = (int)(1U << 31); // SS_AUTODISARM
    sigaltstack(&set, NULL);
    raise(SIGALRM);
    tell("main");
    set.ss_size = 100, set.ss_flags = 0;
    TRY(sigaltstack(&set, NULL));
}
