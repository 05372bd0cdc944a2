// wait4 and waitid block in a thread until the child ends; status and usage appear only then.
#include "block.h"
#include <sys/resource.h>
#include <sys/wait.h>
static int status, p[2];
static pid_t child;
static struct rusage usage;
static siginfo_t info;
static void call_wait4(void) { TRY(wait4(child, &status, 0, &usage) == child ? 0 : -1); }
static void call_waitid(void) { TRY(waitid(P_PID, child, &info, WEXITED)); }
static void with(void (*call)(void)) {
    status = 0x7777;
    memset(&usage, 0xff, sizeof usage);
    memset(&info, 0xff, sizeof info);
    if (!(child = fork())) read(p[0], &(char){0}, 1), _exit(6);
    pthread_t t = block(call);
    printf("%x %ld %d\n", status, usage.ru_maxrss, info.si_status);
    write(p[1], "x", 1);
    join(t);
    printf("%x %d %d\n", status, usage.ru_maxrss > 0, info.si_status);
}
int main(void) {
    pipe(p);
    with(call_wait4), with(call_waitid);
    interruptible();
    if (!(child = fork())) pause();
    interrupt(block(call_wait4)), interrupt(block(call_waitid));
    kill(child, SIGKILL);
    call_wait4();
    printf("%d\n", WTERMSIG(status));
}
