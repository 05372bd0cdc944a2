// The core flag of a wait status: only if a core file was allowed and the signal makes one.
#include "proc.h"
#include <sys/resource.h>
static void die(const char *what, rlim_t limit, int sig) {
    siginfo_t info;
    struct rlimit limits = {limit, RLIM_INFINITY};
    for (int i = 0; i < 2; i++) {
        int status;
        CHILD(setrlimit(RLIMIT_CORE, &limits); raise(sig));
        if (i) {
            wait(&status);
            show(what, status);
            printf("core %d\n", WCOREDUMP(status) != 0);
        } else {
            waitid(P_ALL, 0, &info, WEXITED);
            printf("code %d\n", info.si_code);
        }
    }
}
int main(void) {
    die("segv, no core", 0, SIGSEGV);
    die("abort, no core", 0, SIGABRT);
    die("quit, core", 100000, SIGQUIT);
    die("term, no core", 100000, SIGTERM);
}
