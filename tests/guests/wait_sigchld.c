// SIGCHLD says who, how and with which status: exits, deaths, stops, continuations.
#include "proc.h"
static pid_t pid;
static void chld(int sig, siginfo_t *info, void *context) {
    printf("code %d status %d pid %d uid %d times %d\n", info->si_code, info->si_status, info->si_pid == pid,
           info->si_uid == getuid(), info->si_utime >= 0 && info->si_stime >= 0);
}
int main(void) {
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, &old);
    handle(SIGCHLD, chld, 0);
    pid = CHILD(exit(42));
    sigsuspend(&old);
    reap("exit", pid);
    pid = CHILD(raise(SIGKILL));
    sigsuspend(&old);
    reap("kill", pid);
    pid = CHILD(abort());
    sigsuspend(&old);
    reap("abort", pid);
    pid = CHILD(for (;;) pause());
    kill(pid, SIGSTOP);
    sigsuspend(&old);
    kill(pid, SIGCONT);
    sigsuspend(&old);
    kill(pid, SIGTERM);
    sigsuspend(&old);
    reap("end", pid);
}
