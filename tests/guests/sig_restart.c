// SA_RESTART: an interrupted read goes on; without it, EINTR.
#include "guest.h"
#include <sys/time.h>
static int fds[2];
static void alarmed(int sig) { write(fds[1], "x", 1); }
int main(void) {
    pipe(fds);
    for (int restart = 0; restart < 2; restart++) {
        struct sigaction action = {.sa_handler = alarmed, .sa_flags = restart ? SA_RESTART : 0};
        sigaction(SIGALRM, &action, NULL);
        struct itimerval timer = {{0, 0}, {0, 30000}};
        setitimer(ITIMER_REAL, &timer, NULL);
        char c;
        TRY(read(fds[0], &c, 1));
        if (!restart) read(fds[0], &c, 1);
    }
}
