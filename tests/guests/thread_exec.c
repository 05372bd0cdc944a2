// exec from a thread that is not the leader: the others vanish, the thread becomes the leader.
#include "thread.h"
static void *five(void *unused) { return POINTER(5); }
static void *execs(void *self) {
    await(2);
    char tid[20];
    sprintf(tid, "%d", gettid());
    setenv("TID", tid, 1);
    execl("/proc/self/exe", self, "again", NULL);
    perror("exec");
}
static void *sleeps(void *unused) {
    for (step();;) pause();
}
static void *computes(void *unused) {
    for (step();;) {}
}
int main(int argc, char **argv) {
    if (argc > 1) {
        printf("%s, pid kept %d\n", argv[1], getpid() == atoi(getenv("PID")));
        printf("leader %d, another tid %d\n", gettid() == getpid(), gettid() != atoi(getenv("TID")));
        printf("%ld\n", join(start(five, 0)));
        return 0;
    }
    char pid[20];
    sprintf(pid, "%d", getpid());
    setenv("PID", pid, 1);
    start(sleeps, 0);
    start(computes, 0);
    start(execs, (intptr_t)argv[0]);
    pause();
}
