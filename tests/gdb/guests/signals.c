// A timer, a signal that is raised, and one that kills.
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

static volatile int alarms, raised;

static void on_alarm(int signal) {
    alarms++;
}

static void on_user(int signal) {
    raised = signal;
}

static void crash(int *where) {
    *where = 1;
}

int main(void) {
    struct itimerval often = {{0, 1000}, {0, 1000}};
    signal(SIGALRM, on_alarm);
    signal(SIGUSR1, on_user);
    setitimer(ITIMER_REAL, &often, NULL);
    while (alarms < 20) {
    }
    struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    raise(SIGUSR1);
    puts("about to crash");
    fflush(stdout);
    crash(NULL);
    return 0;
}
