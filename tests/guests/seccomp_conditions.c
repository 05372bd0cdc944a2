// What filters can compute with: arguments, the architecture, arithmetic, scratch memory; and what is
// refused when one is installed.
#include "seccomp.h"

int main(void) {
    struct sock_filter good[] = {RETURN(SECCOMP_RET_ALLOW)};
    struct sock_filter load[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), RETURN(SECCOMP_RET_ALLOW)};
    struct sock_filter far[] = {UNLESS(1, 1), RETURN(SECCOMP_RET_ALLOW)};
    struct sock_filter open_end[] = {LOAD(nr)};
    struct sock_filter division[] = {BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), RETURN(0)};
    TRY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    TRY(install(good, 0, 0));
    TRY(install(NULL, sizeof good, 0));
    TRY(install(good, sizeof good, 1 << 20));
    TRY(install(load, sizeof load, 0));
    TRY(install(far, sizeof far, 0));
    TRY(install(open_end, sizeof open_end, 0));
    TRY(install(division, sizeof division, 0));
    TRY(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, 8));
    TRY(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL));
    TRY(syscall(SYS_seccomp, 99, 0, NULL));
    TRY(prctl(PR_SET_SECCOMP, 7));
    int action = SECCOMP_RET_TRAP;
    TRY(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
    TRY(prctl(PR_GET_SECCOMP));
    // getpgid(n): n * 2 + 1 as an errno, by way of a scratch word, unless n is above 100 or has bit 6.
    TRY(INSTALL(0, LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0), RETURN(0),
                LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgid, 1, 0),
                RETURN(SECCOMP_RET_ALLOW), LOAD(args[0]),
                BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 100, 0, 1), RETURN(SECCOMP_RET_ERRNO | 1),
                BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 64, 0, 1), RETURN(SECCOMP_RET_ERRNO | 2),
                BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LDX | BPF_MEM, 3), BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0),
                BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1),
                BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO), BPF_STMT(BPF_RET | BPF_A, 0)));
    int numbers[] = {3, 10, 50, 64, 70, 101, 0};
    for (int i = 0; i < 7; i++) {
        errno = 0;
        long result = syscall(SYS_getpgid, numbers[i]);
        printf("%d: %ld %d\n", numbers[i], result, errno);
    }
}
