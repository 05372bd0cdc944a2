// Niceness and scheduling policy are the thread's own.
#include "thread.h"
#include <sys/resource.h>
static void show(void) {
    struct sched_param p;
    int policy;
    pthread_getschedparam(pthread_self(), &policy, &p);
    errno = 0;
    printf("nice %d policy %d %d\n", getpriority(PRIO_PROCESS, 0), sched_getscheduler(0), policy);
}
static void *run(void *n) {
    TRY(setpriority(PRIO_PROCESS, 0, 5 + NUMBER(n)));
    show();
    TRY(sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0}));
    show();
    TRY(sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){4}));
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t more[6];
    } attr = {48};
    TRY(syscall(SYS_sched_getattr, 0, &attr, 48, 0));
    printf("%u %u %d\n", attr.size, attr.policy, attr.nice);
    return NULL;
}
int main(void) {
    setpriority(PRIO_PROCESS, 0, 2);
    join(start(run, 1));
    join(start(run, 2));
    show();
}
