// With SA_NOCLDSTOP there is no SIGCHLD for stops and continuations, which wait reports all the same.
#include "proc.h"
static volatile int count;
static void chld(int sig) { count++; }
int main(void) {
    for (int i = 0; i < 2; i++) {
        struct sigaction action = {.sa_handler = chld, .sa_flags = SA_RESTART | (i ? 0 : SA_NOCLDSTOP)};
        sigaction(SIGCHLD, &action, NULL);
        count = 0;
        int status;
        pid_t pid = CHILD(for (;;) pause());
        kill(pid, SIGSTOP);
        waitpid(pid, &status, WUNTRACED);
        while (count < i) usleep(500);
        show("child", status);
        printf("signals %d\n", count);
        kill(pid, SIGCONT);
        waitpid(pid, &status, WCONTINUED);
        while (count < 2 * i) usleep(500);
        show("child", status);
        printf("signals %d\n", count);
        kill(pid, SIGKILL);
        reap("child", pid);
        printf("signals %d\n", count);
    }
}
