// CLONE_CHILD_CLEARTID with CLONE_VM: at the child's end, even by a signal, its word becomes zero and a futex waiter wakes.
#include "proc.h"
#include <linux/futex.h>
#include <sched.h>
static volatile pid_t words[2];
static int function(void *how) {
    struct timespec pause = {0, 3000000};
    syscall(SYS_nanosleep, &pause, NULL);
    if (how == (void *)1) syscall(SYS_set_tid_address, &words[1]); // the other word instead
    if (how == (void *)2) syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    return 4;
}
int main(void) {
    char *stack = mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (long i = 0; i < 3; i++) {
        words[0] = words[1] = 77;
        pid_t pid = clone(function, stack + 16 * PAGE, CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, (void *)i,
                          &words[0], NULL, &words[0]);
        for (pid_t seen; (seen = words[i == 1]);) syscall(SYS_futex, &words[i == 1], FUTEX_WAIT, seen, NULL, NULL, 0);
        reap("child", pid);
        printf("%d %d\n", words[0] == pid ? 1 : words[0], words[1]);
    }
}
