// POSIX message queues between processes: priorities, waiting, a time limit, a signal as notification.
#include "proc.h"
#include <mqueue.h>
#include <time.h>
static volatile int notified;
static void usr1(int sig, siginfo_t *info, void *context) { notified = info->si_value.sival_int * 100 + -info->si_code; }
int main(void) {
    char name[40], text[100];
    unsigned priority;
    sprintf(name, "/guest-%d", getpid());
    struct mq_attr attributes = {.mq_maxmsg = 4, .mq_msgsize = 50};
    mqd_t queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attributes);
    if (queue == (mqd_t)-1) return printf("mq_open %s\n", strerrorname_np(errno)), 0;
    pid_t pid = CHILD({
        mqd_t own = mq_open(name, O_WRONLY);
        for (int i = 0; i < 4; i++) sprintf(text, "message %d", i), mq_send(own, text, strlen(text) + 1, i % 3);
    });
    reap("sender", pid);
    for (int i = 0; i < 4; i++) {
        if (mq_receive(queue, text, sizeof text, &priority) > 0) printf("%s priority %u\n", text, priority);
    }
    TRY(mq_receive(queue, text, 10, NULL));
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    TRY(mq_timedreceive(queue, text, sizeof text, NULL, &now));
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 3};
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    handle(SIGUSR1, usr1, 0);
    TRY(mq_notify(queue, &event));
    pid = CHILD(for (int i = 0; i < 9; i++) mq_send(queue, "x", 1, 0)); // waits when full
    sigsuspend(&old);
    printf("notified %d\n", notified);
    for (int i = 0; i < 9; i++) mq_receive(queue, text, sizeof text, NULL);
    reap("filler", pid);
    TRY(mq_unlink(name));
}
