// A clone's exit signal may be another one, even a real-time one; such a child needs __WCLONE, too.
#include "proc.h"
static void handler(int sig, siginfo_t *info, void *context) {
    printf("signal %s code %d status %d\n", sig == SIGRTMIN + 1 ? "real-time" : sigabbrev_np(sig), info->si_code,
           info->si_status);
}
int main(void) {
    int signals[] = {SIGUSR1, SIGRTMIN + 1, SIGCHLD};
    for (int i = 0; i < 3; i++) {
        handle(signals[i], handler, 0);
        pid_t pid = syscall(SYS_clone, signals[i], 0, 0, 0, 0);
        if (!pid) _exit(20 + i);
        siginfo_t info = {0};
        while (waitid(P_PID, pid, &info, WEXITED | WNOWAIT | __WALL) < 0 && errno == EINTR) {}
        printf("waited for %d: signal is SIGCHLD %d\n", info.si_status, info.si_signo == SIGCHLD);
        reap_with("child", pid, i < 2 ? __WCLONE : 0);
    }
}
