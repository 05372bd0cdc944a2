// A SIGCHLD handler reaps whoever is there; twenty children, none lost.
#include "proc.h"
static volatile int reaped, sum;
static void chld(int sig) {
    int status, kept = errno;
    while (waitpid(-1, &status, WNOHANG) > 0) reaped++, sum += WEXITSTATUS(status);
    errno = kept;
}
int main(void) {
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    signal(SIGCHLD, chld);
    for (int i = 0; i < 20; i++) {
        pid_t pid = CHILD(exit(i + 1));
        if (pid < 0) perror("fork");
    }
    sigprocmask(SIG_BLOCK, &set, &old);
    while (reaped < 20) sigsuspend(&old);
    printf("%d reaped, sum %d\n", reaped, sum);
    TRY(wait(NULL));
}
