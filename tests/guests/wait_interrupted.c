// A signal interrupts wait: EINTR without SA_RESTART, with it the wait goes on.
#include "proc.h"
static volatile int count;
static Gate ticked;
static void tick(int sig) {
    count++;
    pass(ticked);
}
int main(void) {
    ticked = gate();
    pid_t me = getpid();
    for (int restart = 0; restart < 2; restart++) {
        struct sigaction action = {.sa_handler = tick, .sa_flags = restart ? SA_RESTART : 0};
        sigaction(SIGUSR1, &action, NULL);
        count = 0;
        Gate stop = gate();
        pid_t pid = CHILD({
            signal(SIGUSR1, SIG_IGN);
            fcntl(stop.fds[0], F_SETFL, O_NONBLOCK);
            char byte;
            for (int i = 0; restart ? i < 5 : read(stop.fds[0], &byte, 1) != 1; i++) {
                usleep(2000);
                kill(me, SIGUSR1);
                await(ticked);
            }
        });
        int status = 0;
        pid_t got = waitpid(pid, &status, 0);
        int error = got < 0 ? errno : 0;
        printf("restart %d: waited %d error %d, signals %d\n", restart, got == pid, error == EINTR,
               restart ? count : count > 0);
        pass(stop);
        if (!restart) reap("child", pid);
    }
}
