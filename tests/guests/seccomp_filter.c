// A filter answers calls with errors, with a signal, or by death; children, threads and programs that are
// executed have it too, and a second one makes it stricter.
#include "seccomp.h"
#include <pthread.h>

static void denied(int sig, siginfo_t *info, void *context) {
    printf("signal %d, code %d, errno %d, call %d, arch %#x, behind it: %d, rax %lld\n", sig,
           info->si_code, info->si_errno, info->si_syscall, info->si_arch,
           (long long)info->si_call_addr == REG(context, RIP), REG(context, RAX));
    REG(context, RAX) = 77;
}

static void *thread(void *arg) {
    TRY(getuid());
    return arg;
}

int main(int argc, char **argv) {
    if (argc > 1) {
        TRY(getuid());
        TRY(prctl(PR_GET_SECCOMP));
        return 3;
    }
    handle(SIGSYS, denied, 0);
    TRY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    TRY(INSTALL(0, LOAD(nr), CALL(SYS_getuid, SECCOMP_RET_ERRNO | 33),
                CALL(SYS_getgid, SECCOMP_RET_TRAP | 5), CALL(SYS_getppid, SECCOMP_RET_KILL_PROCESS),
                CALL(SYS_geteuid, SECCOMP_RET_ERRNO), CALL(SYS_getegid, SECCOMP_RET_TRACE),
                CALL(SYS_getsid, SECCOMP_RET_LOG), CALL(SYS_munmap, SECCOMP_RET_ERRNO | EPERM),
                RETURN(SECCOMP_RET_ALLOW)));
    TRY(prctl(PR_GET_SECCOMP));
    TRY(getuid());
    TRY(getgid());
    TRY(geteuid());
    TRY(getegid());
    TRY(getsid(0) > 0);
    char *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRY(munmap(map, PAGE));
    *map = 1;
    reap("killed", CHILD(getppid()));
    reap("child", CHILD(TRY(getuid()); TRY(getgid())));
    reap("executed", CHILD(execl("/proc/self/exe", argv[0], "again", NULL)));
    reap("blocked", CHILD({
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        getgid();
    }));
    reap("stricter", CHILD({
        TRY(INSTALL(0, LOAD(nr), CALL(SYS_getuid, SECCOMP_RET_ERRNO | 44),
                    CALL(SYS_getgid, SECCOMP_RET_ALLOW), RETURN(SECCOMP_RET_ALLOW)));
        TRY(getuid());
        TRY(getgid());
        TRY(INSTALL(0, RETURN(SECCOMP_RET_KILL_PROCESS)));
    }));
    pthread_t id;
    pthread_create(&id, NULL, thread, NULL);
    pthread_join(id, NULL);
}
