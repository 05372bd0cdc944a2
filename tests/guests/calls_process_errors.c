// Making, finding and waiting for processes, and what a process may say of itself.
// warns: some commands are unknown
#include "calls.h"
#include "proc.h"
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

static void making(void) {
    CALL(clone, CLONE_SIGHAND, 0, 0, 0, 0);
    CALL(clone, CLONE_THREAD, 0, 0, 0, 0);
    CALL(clone, CLONE_FS | CLONE_NEWNS, 0, 0, 0, 0);
    CALL(clone, CLONE_PIDFD | CLONE_PARENT_SETTID, 0, A(0), 0, 0);
    CALL(clone3, A(0), 8);
    CALL(clone3, BAD, 64);
    CALL(clone3, A(0), 1 << 20);
    CALL(execve, "missing", 0, 0);
    CALL(execve, ".", 0, 0);
    CALL(execve, "plain", 0, 0);
    CALL(execve, BAD, 0, 0);
    CALL(execve, "/bin/true", BAD, 0);
    CALL(execveat, 77, "x", 0, 0, 0);
    CALL(execveat, AT_FDCWD, "/bin/true", 0, 0, 0x7777);
    CALL(execveat, AT_FDCWD, "", 0, 0, AT_EMPTY_PATH);
}

static void waiting(void) {
    fresh();
    CALL(wait4, -1, A(0), 0, 0);
    CALL(wait4, -1, A(0), 0x77777, 0);
    CALL(wait4, 99999999, A(0), WNOHANG, 0);
    CALL(wait4, 1 << 31, A(0), 0, 0);
    CALL(waitid, 77, 0, A(0), WEXITED, 0);
    CALL(waitid, P_ALL, 0, A(0), 0, 0);
    CALL(waitid, P_ALL, 0, A(0), WEXITED, 0);
    CALL(waitid, P_PID, 0, A(0), WEXITED, 0);
    CALL(waitid, P_PIDFD, 77, A(0), WEXITED, 0);
    pid_t child = fork();
    if (!child) _exit(3);
    fresh();
    FILL(waitid, P_PID, child, A(0), WEXITED | WNOWAIT, 0);
    CALL(waitid, P_PID, child, BAD, WEXITED | WNOWAIT, 0);
    VARY(wait4, child, A(0), 0, A(64));
    child = fork();
    if (!child) _exit(4);
    VARY(wait4, child, BAD, 0, 0);
    CALL(wait4, child, 0, 0, 0);
}

static void descriptors(void) {
    CALL(pidfd_open, 99999999, 0);
    CALL(pidfd_open, -1, 0);
    CALL(pidfd_open, getpid(), 0x7777);
    int self = CALL(pidfd_open, getpid(), 0), file = dup(1);
    CALL(pidfd_send_signal, self, 0, 0, 0);
    CALL(pidfd_send_signal, self, 77, 0, 0);
    CALL(pidfd_send_signal, self, 0, 0, 0x7777);
    CALL(pidfd_send_signal, self, 0, BAD, 0);
    CALL(pidfd_send_signal, file, 0, 0, 0);
    CALL(pidfd_send_signal, 77, 0, 0, 0);
    CALL(pidfd_getfd, self, 77, 0);
    CALL(pidfd_getfd, self, 1000, 0);
    CALL(pidfd_getfd, self, 1, 77);
    CALL(pidfd_getfd, file, 1, 0);
    int copy = CALL(pidfd_getfd, self, 1, 0);
    close(copy);
    CALL(process_mrelease, self, 77);
    CALL(process_mrelease, file, 0);
    CALL(process_mrelease, self, 0);
    CALL(kcmp, getpid(), getpid(), 77, 0, 0);
    CALL(kcmp, getpid(), 99999999, 0, 1, 1);
    CALL(kcmp, getpid(), getpid(), 0, 1, 77);
    CALL(kcmp, getpid(), getpid(), 0, 1, file);
    close(self), close(file);
}

static void itself(void) {
    fresh();
    CALL(prctl, 7777, 0, 0, 0, 0);
    CALL(prctl, PR_SET_NAME, "a name that is too long", 0, 0, 0);
    CALL(prctl, PR_GET_NAME, A(0), 0, 0, 0);
    CALL(prctl, PR_GET_NAME, BAD, 0, 0, 0);
    CALL(prctl, PR_SET_NAME, BAD, 0, 0, 0);
    CALL(prctl, PR_SET_PDEATHSIG, 77, 0, 0, 0);
    CALL(prctl, PR_GET_PDEATHSIG, A(64), 0, 0, 0);
    CALL(prctl, PR_SET_DUMPABLE, 77, 0, 0, 0);
    CALL(prctl, PR_GET_DUMPABLE, 0, 0, 0, 0);
    CALL(prctl, PR_SET_KEEPCAPS, 77, 0, 0, 0);
    CALL(prctl, PR_GET_KEEPCAPS, 0, 0, 0, 0);
    CALL(prctl, PR_CAPBSET_READ, 777, 0, 0, 0);
    CALL(prctl, PR_GET_SECCOMP, 0, 0, 0, 0);
    CALL(prctl, PR_SET_SECCOMP, 77, 0, 0, 0);
    CALL(prctl, PR_SET_TIMERSLACK, 12345, 0, 0, 0);
    CALL(prctl, PR_GET_TIMERSLACK, 0, 0, 0, 0);
    CALL(prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    CALL(prctl, PR_GET_CHILD_SUBREAPER, A(128), 0, 0, 0);
    CALL(prctl, PR_SET_NO_NEW_PRIVS, 2, 0, 0, 0);
    CALL(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    CALL(prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    CALL(prctl, PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0);
    CALL(prctl, PR_SET_THP_DISABLE, 1, 1, 0, 0);
    CALL(prctl, PR_GET_THP_DISABLE, 0, 0, 0, 0);
    CALL(prctl, PR_MCE_KILL, 77, 0, 0, 0);
    CALL(prctl, PR_SET_UNALIGN, 1, 0, 0, 0);
    CALL(prctl, PR_GET_TSC, A(192), 0, 0, 0);
    CALL(prctl, PR_GET_TSC, BAD, 0, 0, 0);
    CALL(prctl, PR_SET_TSC, 77, 0, 0, 0);
    CALL(prctl, PR_SET_MM, 77, 0, 0, 0);
    CALL(prctl, PR_GET_SPECULATION_CTRL, 77, 0, 0, 0);
    CALL(prctl, PR_SET_VMA, 0, 0x10, PAGE, 0);
    CALL(prctl, PR_SET_PTRACER, 99999999, 0, 0, 0);
    CALL(prctl, PR_SET_IO_FLUSHER, 2, 0, 0, 0);
    CALL(arch_prctl, 0x1003, BAD);
    CALL(arch_prctl, 0x1002, HIGH);
    CALL(arch_prctl, 0x1001, HIGH);
    CALL(arch_prctl, 0x7777, A(0));
    CALL(arch_prctl, 0x1011, 0);
    CALL(arch_prctl, 0x2003, 0);
    CALL(arch_prctl, 0x5001, 0x100);
    fresh();
    CALL(arch_prctl, 0x5005, A(0));
    CALL(arch_prctl, 0x4003, A(0));
    CALL(personality, -1);
    CALL(personality, 0xffffffff);
    CALL(modify_ldt, 77, A(0), 16);
    CALL(modify_ldt, 0, A(0), 16);
    CALL(modify_ldt, 1, A(0), 8);
    CALL(modify_ldt, 1, BAD, 16);
    CALL(set_robust_list, A(0), 7);
    CALL(get_robust_list, 99999999, A(0), A(8));
    CALL(get_robust_list, 0, BAD, A(8));
    CALL(seccomp, 77, 0, 0);
    CALL(seccomp, 1, 0x7777, 0);
    CALL(seccomp, 1, 0, BAD);
    CALL(seccomp, 2, 0, BAD);
    CALL(seccomp, 3, 0, A(0));
    CALL(seccomp, 3, 0, BAD);
}

int main(void) {
    close(open("plain", O_CREAT | O_RDWR, 0600));
    memset(A(0), 0, 64);
    making();
    waiting();
    descriptors();
    itself();
}
