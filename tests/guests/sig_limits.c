// Signals of resource limits in children: processor time (SIGXCPU, then SIGKILL), file size (SIGXFSZ or EFBIG), queue length.
// timeout: 120
#include "proc.h"
#include <sys/resource.h>
static volatile int handled;
static void handler(int sig) { handled = write(1, "handled\n", 8); }
int main(void) {
    reap("cpu, soft", CHILD(setrlimit(RLIMIT_CPU, &(struct rlimit){1, 5}); for (;;) __asm__ volatile("")));
    reap("cpu, hard", CHILD(setrlimit(RLIMIT_CPU, &(struct rlimit){1, 1}); for (;;) __asm__ volatile("")));
    reap("cpu, handled", CHILD(signal(SIGXCPU, handler); setrlimit(RLIMIT_CPU, &(struct rlimit){1, 9});
                               while (!handled) __asm__ volatile("")));
    for (int ignore = 0; ignore < 2; ignore++)
        reap("size", CHILD({
                 int fd = open("file", O_CREAT | O_TRUNC | O_WRONLY, 0600);
                 setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000, 1000});
                 static char bytes[3000];
                 if (ignore) signal(SIGXFSZ, SIG_IGN);
                 TRY(write(fd, bytes, 3000));
                 TRY(write(fd, bytes, 1));
             }));
    reap("queue", CHILD({
             sigset_t set;
             sigemptyset(&set);
             sigaddset(&set, SIGRTMIN);
             sigprocmask(SIG_BLOCK, &set, NULL);
             setrlimit(RLIMIT_SIGPENDING, &(struct rlimit){0, 0});
             TRY(sigqueue(getpid(), SIGRTMIN, (union sigval){1}));
             TRY(kill(getpid(), SIGRTMIN)); // without information
         }));
}
