// abort in a thread: the handler runs there and returns, then the process dies.
// exit: signal ABRT
#include "thread.h"
static __thread int me = 1;
static void handler(int sig, siginfo_t *info, void *context) { printf("handler in %d\n", me); }
static void *aborts(void *unused) {
    me = 2;
    abort();
}
int main(void) {
    handle(SIGABRT, handler, 0);
    join(start(aborts, 0));
}
