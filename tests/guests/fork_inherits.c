// A child inherits umask, directory, limits, priority, name, affinity and prctl settings; changes stay its own.
#include "proc.h"
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
static void tell(const char *who) {
    char name[17] = "", *cwd = getcwd(NULL, 0);
    struct rlimit limit;
    cpu_set_t cpus;
    mode_t mask = umask(0);
    umask(mask);
    prctl(PR_GET_NAME, name);
    getrlimit(RLIMIT_NOFILE, &limit);
    sched_getaffinity(0, sizeof cpus, &cpus);
    printf("%s: umask %o in %s files %ld nice %d name %s slack %d dumpable %d cpus %d no new privileges %d\n", who, mask,
           strrchr(cwd, '/'), (long)limit.rlim_cur, getpriority(PRIO_PROCESS, 0), name, prctl(PR_GET_TIMERSLACK),
           prctl(PR_GET_DUMPABLE), CPU_COUNT(&cpus), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}
static void change(const char *name, int number) {
    mkdir(name, 0755);
    chdir(name);
    umask(number);
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){100 + number, 500});
    setpriority(PRIO_PROCESS, 0, number);
    prctl(PR_SET_NAME, name);
    prctl(PR_SET_TIMERSLACK, 1000 * number);
    prctl(PR_SET_DUMPABLE, number != 7);
}
int main(void) {
    change("one", 3);
    reap("child", CHILD({
             tell("child");
             change("two", 7);
             prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
             tell("child");
             reap("grandchild", CHILD(tell("grandchild")));
         }));
    tell("parent");
}
