// Signals from a child reach loops without system calls: an empty one, one of a jump to itself, one of string operations.
#include "proc.h"
static volatile int stop;
static sigjmp_buf back;
static void usr1(int sig) { stop = 1; }
static void usr2(int sig) { siglongjmp(back, 1); }
static pid_t signaller(int sig) {
    pid_t me = getpid();
    return CHILD(usleep(3000); kill(me, sig));
}
int main(void) {
    signal(SIGUSR1, usr1);
    signal(SIGUSR2, usr2);
    static volatile pid_t pid;
    pid = signaller(SIGUSR1);
    while (!stop) {}
    reap("empty loop", pid);
    if (!sigsetjmp(back, 1)) {
        pid = signaller(SIGUSR2);
        __asm__ volatile("1: jmp 1b");
    }
    reap("jump to itself", pid);
    static char a[100000], b[100000];
    stop = 0; // before somebody may set it
    pid = signaller(SIGUSR1);
    while (!stop) {
        void *to = b, *from = a;
        long count = sizeof a;
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    }
    reap("string operations", pid);
    if (!sigsetjmp(back, 1)) {
        pid = signaller(SIGUSR2);
        __asm__ volatile("mov $-1, %%rcx\n1: loop 1b\n ud2" : : : "rcx");
    }
    reap("loop instruction", pid);
    stop = 0;
    pid = signaller(SIGUSR1);
    while (!stop) __asm__ volatile("pause");
    reap("pause", pid);
}
