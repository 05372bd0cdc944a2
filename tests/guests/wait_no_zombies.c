// With SIGCHLD ignored or SA_NOCLDWAIT set, children leave no zombie, and wait blocks until the last is gone.
#include "proc.h"
static volatile int count;
static void chld(int sig) { count++; }
static void children(const char *what) {
    int out[2];
    pipe(out);
    for (int i = 0; i < 5; i++) CHILD(usleep(1000 * i); write(out[1], "x", 1); exit(i));
    errno = 0;
    long got = wait(NULL);
    printf("%s: wait %ld %s\n", what, got, strerrorname_np(errno));
    char text[10];
    close(out[1]);
    printf("all had written: %ld\n", read(out[0], text, sizeof text));
}
int main(void) {
    signal(SIGCHLD, SIG_IGN);
    children("ignored");
    struct sigaction action = {.sa_handler = chld, .sa_flags = SA_NOCLDWAIT | SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    children("SA_NOCLDWAIT");
    printf("signals came %d\n", count > 0);
    signal(SIGCHLD, SIG_DFL);
    pid_t pid = CHILD(exit(6));
    until_state(pid, 'Z');
    signal(SIGCHLD, SIG_IGN); // too late for this one
    reap("zombie from before", pid);
}
