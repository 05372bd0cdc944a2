// A wait fills in the usage of the child: its time, its memory, its faults (wait4, and waitid by its number).
#include "proc.h"
#include <sys/resource.h>
static volatile unsigned x;
static void burn(void) {
    struct rusage usage;
    char *memory = malloc(20 << 20);
    memset(memory, 1, 20 << 20);
    __asm__ volatile("" : : "r"(memory) : "memory");
    do {
        for (int i = 0; i < 10000; i++) x = x * 5 + 1;
        getrusage(RUSAGE_SELF, &usage);
    } while (usage.ru_utime.tv_sec == 0 && usage.ru_utime.tv_usec < 20000);
}
static void tell(struct rusage *usage) {
    printf("time %d memory %d faults %d\n", usage->ru_utime.tv_sec * 1000000 + usage->ru_utime.tv_usec >= 20000,
           usage->ru_maxrss >= 20000, usage->ru_minflt >= 10);
}
int main(void) {
    struct rusage usage;
    int status;
    pid_t pid = CHILD(burn(); exit(1));
    memset(&usage, 0, sizeof usage);
    printf("%d\n", wait4(pid, &status, 0, &usage) == pid);
    tell(&usage);
    pid = CHILD(burn(); exit(2));
    siginfo_t info;
    memset(&usage, 0, sizeof usage);
    TRY(syscall(SYS_waitid, P_PID, pid, &info, WEXITED, &usage));
    tell(&usage);
    pid = CHILD(exit(3));
    memset(&usage, 0x11, sizeof usage);
    printf("%d\n", wait3(&status, WNOHANG, &usage) == pid || usage.ru_nswap == 0x1111111111111111);
    waitpid(pid, NULL, 0);
}
