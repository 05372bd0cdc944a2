// A signal to the parent of vfork waits until the child is gone; a child that dies of one frees its parent.
#include "proc.h"
static volatile int released;
static void handler(int sig) { printf("handled, child had released %d\n", released); }
int main(void) {
    signal(SIGUSR1, handler);
    pid_t me = getpid(), pid = vfork();
    if (!pid) {
        kill(me, SIGUSR1);
        usleep(20000);
        released = 1;
        _exit(0);
    }
    reap("child", pid);
    int deadly[] = {SIGKILL, SIGTERM, SIGSEGV, SIGABRT};
    for (int i = 0; i < 4; i++) {
        pid = vfork();
        if (!pid) {
            raise(deadly[i]);
            _exit(1);
        }
        reap("child", pid);
    }
    pid = vfork();
    if (!pid) *(volatile int *)8 = 1;
    reap("child", pid);
}
