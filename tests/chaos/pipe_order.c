// Two processes write to one pipe, the first one first.
#include "bug.h"
int main(void) {
    int fds[2];
    if (pipe(fds)) abort();
    for (int i = 0; i < 2; i++)
        if (!fork()) {
            char name = 'a' + i;
            if (i) usleep(3000);
            if (write(fds[1], &name, 1) != 1) abort();
            _exit(0);
        }
    while (wait(0) > 0) {}
    char got[2];
    if (read(fds[0], got, 2) != 2) abort();
    if (got[0] != 'a') struck("the second process was first");
}
