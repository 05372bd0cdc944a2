// Children that die of each deadly signal, sent by themselves, by the parent or by a fault.
#include "proc.h"
int main(void) {
    int signals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGTRAP, SIGABRT,   SIGBUS,  SIGFPE,  SIGKILL, SIGUSR1, SIGSEGV,
                     SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGXCPU, SIGVTALRM, SIGPROF, SIGXFSZ, SIGSYS,  SIGPWR,  SIGIO};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
        reap("raise", CHILD(raise(signals[i])));
        pid_t pid = CHILD(for (;;) pause());
        kill(pid, signals[i]);
        reap("kill", pid);
    }
    int status;
    waitpid(CHILD(raise(SIGRTMIN + 3)), &status, 0);
    printf("real-time %d\n", WTERMSIG(status) == SIGRTMIN + 3);
    reap("abort", CHILD(abort()));
    reap("null", CHILD(*(volatile int *)0 = 1));
    reap("ud2", CHILD(__asm__ volatile("ud2")));
    reap("int3", CHILD(__asm__ volatile("int3")));
    reap("hlt", CHILD(__asm__ volatile("hlt")));
    volatile int seven = 7, zero = 0;
    reap("division", CHILD(exit(seven / zero)));
    reap("raised while stopped", ({
             pid_t pid = CHILD(raise(SIGSTOP));
             waitpid(pid, &status, WUNTRACED);
             show("first", status);
             kill(pid, SIGTERM);
             kill(pid, SIGCONT);
             pid;
         }));
}
