// A signal that comes around an exec is not lost, whoever would have taken it.
#include <sys/wait.h>
#include "thread.h"
static void ends(int sig) { (void)sig; _exit(0); }
static void *waits(void *none) {
    (void)none;
    for (;;) pause();
}
static void wait_a_little(int n) {
    for (volatile int i = 0; i < n; i++) {}
}
int main(int argc, char **argv) {
    if (argc > 1) for (;;) pause();
    enum { ALONE, HANDLER, THREADS, KINDS };
    for (int kind = 0; kind < KINDS; kind++) {
        int others = 0;
        for (int i = 0; i < 25; i++) {
            int ready[2];
            char byte;
            pipe2(ready, O_CLOEXEC);
            pid_t child = fork();
            if (!child) {
                if (kind == HANDLER) signal(SIGTERM, ends);
                if (kind == THREADS) start(waits, 0), start(waits, 0);
                write(ready[1], "", 1);
                execl("/proc/self/exe", argv[0], "again", NULL);
                _exit(99);
            }
            read(ready[0], &byte, 1);
            wait_a_little(i * i * 1000);
            kill(child, SIGTERM);
            int status;
            waitpid(child, &status, 0);
            int handled = kind == HANDLER && WIFEXITED(status) && WEXITSTATUS(status) == 0;
            if (!handled && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM)) others++;
            close(ready[0]), close(ready[1]);
        }
        printf("kind %d: %d other ends\n", kind, others);
    }
}
