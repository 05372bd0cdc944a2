// Who and where: ids, uname, sysinfo, affinity, priorities, prctl, getrusage, times.
// warns: unknown calls may be warned about
#include "guest.h"
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>
int main(void) {
    struct utsname u;
    struct sysinfo info;
    struct rusage usage;
    struct tms tms;
    cpu_set_t cpus;
    TRY(uname(&u));
    printf("%s %s %s\n", u.sysname, u.release, u.machine);
    TRY(sysinfo(&info));
    printf("%d\n", info.totalram > info.freeram);
    TRY(getrusage(RUSAGE_SELF, &usage));
    printf("%d\n", usage.ru_maxrss > 0);
    TRY(times(&tms) > 0);
    TRY(sched_getaffinity(0, sizeof cpus, &cpus));
    printf("%d %ld\n", CPU_COUNT(&cpus), sysconf(_SC_NPROCESSORS_ONLN));
    TRY(sched_getscheduler(0));
    TRY(getpriority(PRIO_PROCESS, 0));
    TRY(gettid() == getpid());
    TRY(getsid(0) > 0);
    TRY(getpgrp() > 0);
    uid_t r, e, s;
    TRY(getresuid(&r, &e, &s));
    TRY(getgroups(0, NULL) >= 0);
    TRY(prctl(PR_GET_DUMPABLE));
    TRY(prctl(PR_SET_PDEATHSIG, 0));
    TRY(prctl(PR_GET_SECCOMP));
    TRY(prctl(PR_GET_NO_NEW_PRIVS));
    TRY(prctl(98765));
    TRY(sched_yield());
    TRY(syscall(SYS_membarrier, 0, 0, 0) >= 0);
    TRY(personality(0xffffffff));
}
