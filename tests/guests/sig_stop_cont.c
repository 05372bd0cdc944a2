// A stopped process does nothing until SIGCONT; then the handlers run for that and for what came meanwhile.
#include "proc.h"
static void cont(int sig) { write(1, "continued\n", 10); }
static void usr1(int sig) { write(1, "usr1\n", 5); }
int main(void) {
    Gate steps = gate(), go = gate();
    signal(SIGCONT, cont);
    signal(SIGUSR1, usr1);
    int status;
    pid_t pid = CHILD({
        pass(steps);
        await(go);
        puts("went on");
    });
    await(steps);
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    show("child", status);
    kill(pid, SIGUSR1);
    pass(go);
    usleep(20000);
    printf("state %c\n", state_of(pid));
    kill(pid, SIGCONT);
    reap("child", pid);
    pid = CHILD(raise(SIGSTOP); puts("stopped itself and went on"); exit(3));
    waitpid(pid, &status, WUNTRACED);
    show("child", status);
    kill(pid, SIGCONT);
    reap("child", pid);
}
