// A child whose parent ends first gets another one, without a signal.
#include "proc.h"
int main(void) {
    Gate ready = gate(), done = gate();
    pid_t middle = CHILD({
        pid_t parent = getpid();
        CHILD({
            printf("parent is the middle one: %d\n", getppid() == parent);
            pass(ready);
            while (getppid() == parent) usleep(500);
            printf("parent changed: %d\n", getppid() != parent);
        });
        await(ready);
        exit(4);
    });
    close(done.fds[1]);
    int status;
    waitpid(middle, &status, 0);
    await(done); // its end
    show("middle", status);
    printf("no child left: %d\n", wait(NULL) == -1 && errno == ECHILD);
}
