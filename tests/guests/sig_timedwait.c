// sigwaitinfo and sigtimedwait for signals of a child; a handler for another signal interrupts them.
#include "proc.h"
static volatile int count;
static void usr2(int sig) { count++; }
int main(void) {
    sigset_t set;
    siginfo_t info;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMAX);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGUSR2, usr2);
    Gate go = gate(), interrupted = gate();
    pid_t me = getpid();
    pid_t pid = CHILD({
        usleep(5000);
        kill(me, SIGUSR1);
        await(go);
        sigqueue(me, SIGRTMAX, (union sigval){.sival_int = -5});
        await(go);
        fcntl(interrupted.fds[0], F_SETFL, O_NONBLOCK);
        do kill(me, SIGUSR2), usleep(2000);
        while (!await(interrupted));
    });
    TRY(sigwaitinfo(&set, &info));
    printf("code %d from the child %d\n", info.si_code, info.si_pid == pid);
    pass(go);
    TRY(sigtimedwait(&set, &info, &(struct timespec){1000, 0}));
    printf("code %d value %d\n", info.si_code, info.si_value.sival_int);
    pass(go);
    TRY(sigwaitinfo(&set, &info));
    pass(interrupted);
    reap("child", pid);
    printf("handled %d\n", count > 0);
    TRY(sigtimedwait(&set, &info, &(struct timespec){0, 1000000}));
    TRY(sigtimedwait(&set, &info, &(struct timespec){0, -1}));
}
