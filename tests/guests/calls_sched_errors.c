// Scheduling: policies, priorities, processors.
#include "calls.h"
#include <sched.h>

struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
    uint32_t least, most;
};

int main(void) {
    int zero = 0, fifty = 50;
    be_nobody();
    fresh();
    CALL(sched_setscheduler, 0, 77, &zero);
    CALL(sched_setscheduler, 0, SCHED_OTHER, &fifty);
    CALL(sched_setscheduler, 0, SCHED_FIFO, &zero);
    CALL(sched_setscheduler, 0, SCHED_FIFO, &fifty);
    CALL(sched_setscheduler, -1, SCHED_OTHER, &zero);
    CALL(sched_setscheduler, 99999999, SCHED_OTHER, &zero);
    CALL(sched_setscheduler, 0, SCHED_OTHER, BAD);
    CALL(sched_setscheduler, 0, SCHED_OTHER, 0);
    CALL(sched_setscheduler, 0, SCHED_BATCH, &zero);
    CALL(sched_getscheduler, 0);
    CALL(sched_getscheduler, -1);
    CALL(sched_getscheduler, 99999999);
    CALL(sched_setparam, 0, &fifty);
    CALL(sched_setparam, 0, BAD);
    CALL(sched_setparam, -1, &zero);
    CALL(sched_setparam, 99999999, &zero);
    CALL(sched_getparam, 0, A(0));
    CALL(sched_getparam, 0, 0);
    CALL(sched_getparam, 0, BAD);
    CALL(sched_getparam, -1, A(0));
    CALL(sched_getparam, 99999999, A(0));
    CALL(sched_get_priority_max, 77);
    CALL(sched_get_priority_min, 77);
    CALL(sched_get_priority_max, SCHED_RR);
    CALL(sched_rr_get_interval, 99999999, A(64));
    CALL(sched_rr_get_interval, -1, A(64));
    CALL(sched_rr_get_interval, 0, BAD);
    CALL(sched_getaffinity, 0, 7, A(128));
    CALL(sched_getaffinity, 0, 0, A(128));
    CALL(sched_getaffinity, 0, 128, BAD);
    CALL(sched_getaffinity, 99999999, 128, A(128));
    CALL(sched_setaffinity, 0, 8, BAD);
    unsigned long none = 0, first = 1, far = 1UL << 62;
    CALL(sched_setaffinity, 0, 8, &none);
    CALL(sched_setaffinity, 0, 8, &far);
    CALL(sched_setaffinity, 99999999, 8, &first);
    CALL(sched_setaffinity, 0, 8, &first);
    fresh();
    CALL(sched_getaffinity, 0, 16, A(128));
    struct attributes *attr = A(256);
    CALL(sched_getattr, 0, attr, 48, 0);
    CALL(sched_getattr, 0, attr, 56, 0);
    CALL(sched_getattr, 0, attr, 4, 0);
    CALL(sched_getattr, 0, attr, 56, 77);
    CALL(sched_getattr, 0, BAD, 56, 0);
    CALL(sched_getattr, 99999999, attr, 56, 0);
    CALL(sched_setattr, 0, attr, 77);
    attr->size = 8;
    CALL(sched_setattr, 0, attr, 0);
    attr->size = 5000;
    CALL(sched_setattr, 0, attr, 0);
    attr->size = 56, attr->policy = 77;
    CALL(sched_setattr, 0, attr, 0);
    attr->policy = SCHED_OTHER, attr->flags = 1UL << 40;
    CALL(sched_setattr, 0, attr, 0);
    attr->flags = 0, attr->nice = 3;
    CALL(sched_setattr, 0, attr, 0);
    CALL(sched_setattr, 0, BAD, 0);
    CALL(sched_setattr, 99999999, attr, 0);
    CALL(sched_yield);
    CALL(rseq_slice_yield);
}
