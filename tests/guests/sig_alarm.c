// alarm, setitimer and a POSIX timer interrupt pause, sigsuspend and nanosleep.
#include "guest.h"
#include <sys/time.h>
#include <time.h>
static volatile int count;
static void alarmed(int sig) { count++; }
int main(void) {
    struct sigaction action = {.sa_handler = alarmed};
    sigaction(SIGALRM, &action, NULL);
    alarm(1);
    TRY(pause());
    struct itimerval timer = {{0, 0}, {0, 20000}};
    setitimer(ITIMER_REAL, &timer, NULL);
    sigset_t none;
    sigemptyset(&none);
    TRY(sigsuspend(&none));
    setitimer(ITIMER_REAL, &timer, NULL);
    struct timespec t = {5, 0}, left;
    TRY(nanosleep(&t, &left));
    printf("left %d\n", left.tv_sec == 4);
    timer_t id;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    TRY(timer_create(CLOCK_MONOTONIC, &event, &id));
    struct itimerspec spec = {{0, 0}, {0, 10000000}};
    TRY(timer_settime(id, 0, &spec, NULL));
    pause();
    printf("%d\n", count);
}
