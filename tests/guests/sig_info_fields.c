// The siginfo of every kind of sender: kill, raise, tgkill, sigqueue, rt_sigqueueinfo, a timer, a fault, from parent and self.
#include "proc.h"
#include <sys/time.h>
static volatile pid_t expected;
static void handler(int sig, siginfo_t *info, void *context) {
    printf("signo %d code %d errno %d", info->si_signo == sig, info->si_code, info->si_errno);
    if (info->si_code <= 0 && info->si_code != SI_TIMER)
        printf(" pid %d uid %d value %d", info->si_pid == expected, info->si_uid == getuid(),
               info->si_code == SI_QUEUE || info->si_code == -60 ? info->si_value.sival_int : 0);
    printf("\n");
}
int main(void) {
    struct itimerval once = {{0, 0}, {0, 1000}};
    handle(SIGUSR1, handler, 0);
    handle(SIGALRM, handler, 0);
    expected = getpid();
    kill(getpid(), SIGUSR1);
    raise(SIGUSR1);
    syscall(SYS_tkill, gettid(), SIGUSR1);
    tgkill(getpid(), gettid(), SIGUSR1);
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 12});
    siginfo_t info = {.si_signo = SIGHUP, .si_code = -60, .si_errno = 33};
    info.si_pid = expected, info.si_uid = getuid(), info.si_value.sival_int = 13;
    TRY(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info));
    TRY(syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGUSR1, &info));
    setitimer(ITIMER_REAL, &once, NULL);
    pause();
    pid_t me = getpid();
    int ids[2];
    pipe(ids);
    pid_t pid = CHILD(read(ids[0], &me, sizeof me); kill(getppid(), SIGUSR1));
    expected = pid;
    write(ids[1], &pid, sizeof pid);
    reap("child", pid);
    info.si_code = SI_TKILL;
    TRY(syscall(SYS_rt_sigqueueinfo, getppid(), SIGUSR1, &info)); // only to oneself
    info.si_code = 0;
    TRY(syscall(SYS_rt_sigqueueinfo, getppid(), SIGUSR1, &info));
}
