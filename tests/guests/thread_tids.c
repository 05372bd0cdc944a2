// Thread ids: the leader's is the pid, the others' are their own and listed in /proc/self/task.
#include "thread.h"
#include <dirent.h>
static int tids[6];
static int listed(int tid) {
    char path[50];
    sprintf(path, "/proc/self/task/%d", tid);
    return access(path, F_OK) == 0;
}
static int count(void) {
    int n = 0;
    DIR *dir = opendir("/proc/self/task");
    for (struct dirent *e; (e = readdir(dir));) n += e->d_name[0] != '.';
    closedir(dir);
    return n;
}
static void *run(void *n) {
    tids[NUMBER(n)] = gettid();
    step();
    await(7);
    return POINTER(getpid() == gettid());
}
int main(void) {
    pthread_t t[6];
    for (int i = 0; i < 6; i++) t[i] = start(run, i);
    await(6);
    int distinct = 1, in_proc = 0;
    for (int i = 0; i < 6; i++) {
        in_proc += listed(tids[i]);
        for (int j = 0; j < i; j++) distinct &= tids[i] != tids[j];
    }
    printf("%d distinct %d listed %d of %d\n", gettid() == getpid(), distinct, in_proc, count());
    step();
    for (int i = 0; i < 6; i++) printf("%ld", join(t[i]));
    while (count() > 1) sched_yield(); // join returns a moment before the kernel forgets them
    printf("\nlisted %d\n", listed(tids[3]));
    TRY(syscall(SYS_tgkill, getpid(), tids[3], 0));
    TRY(syscall(SYS_tkill, -1, 0));
    TRY(syscall(SYS_tgkill, getppid(), gettid(), 0));
}
