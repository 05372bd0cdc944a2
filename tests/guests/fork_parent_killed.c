// The first process is killed by its child, which goes on.
// exit: signal KILL
#include "proc.h"
int main(void) {
    pid_t parent = getpid();
    if (fork())
        for (;;) pause();
    puts("child kills");
    kill(parent, SIGKILL);
    while (getppid() == parent) usleep(500);
    usleep(20000);
    puts("child ends");
}
