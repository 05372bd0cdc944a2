// Signals to a group while its members fork: each process gets it before or after, none misses it.
#include "proc.h"
static volatile int got;
static void usr1(int sig) { got = 1; }
int main(void) {
    signal(SIGUSR1, usr1);
    for (int round = 0; round < 20; round++) {
        Gate ready = gate();
        pid_t pid = CHILD({
            setpgid(0, 0);
            pass(ready);
            pid_t inner = fork();
            while (!got) usleep(200);
            if (!inner) _exit(7);
            int status;
            waitpid(inner, &status, 0);
            exit(WEXITSTATUS(status) + 1);
        });
        await(ready);
        int status = 0;
        usleep(50 * round);
        kill(-pid, SIGUSR1);
        waitpid(pid, &status, 0);
        if (WEXITSTATUS(status) != 8) show("child", status);
    }
    puts("done");
}
