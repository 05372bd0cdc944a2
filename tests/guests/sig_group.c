// kill to a process group reaches each member once, and nobody else.
#include "proc.h"
static volatile int count;
static void usr1(int sig) { count++; }
int main(void) {
    Gate ready = gate(), done = gate();
    pid_t group = 0, pids[6];
    signal(SIGUSR1, usr1);
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    for (int i = 0; i < 6; i++) {
        pids[i] = CHILD({
            if (i < 4) setpgid(0, group);
            pass(ready);
            if (i < 4) sigsuspend(&old);
            else await(done);
            sigprocmask(SIG_SETMASK, &old, NULL);
            exit(count);
        });
        await(ready);
        if (!group) group = pids[0];
    }
    kill(-group, SIGUSR1);
    for (int i = 0; i < 4; i++) reap("member", pids[i]);
    pass(done), pass(done);
    for (int i = 4; i < 6; i++) reap("other", pids[i]);
    printf("%d\n", kill(-group, 0) == -1 && errno == ESRCH);
    setpgid(0, 0);
    pid_t pid = CHILD(count = 0; sigsuspend(&old); exit(count));
    kill(0, SIGUSR1);
    sigprocmask(SIG_SETMASK, &old, NULL);
    reap("by group 0", pid);
    printf("self %d\n", count);
    TRY(killpg(getpgrp(), 0));
}
