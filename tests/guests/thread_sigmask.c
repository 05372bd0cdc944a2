// Masks are per thread and inherited; a blocked directed signal waits for its own thread only.
#include "thread.h"
static __thread const char *name = "main";
static void handler(int sig, siginfo_t *info, void *context) { printf("%d in %s\n", sig - SIGRTMIN, name); }
static void show(const char *what) {
    sigset_t mask, pending;
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    sigpending(&pending);
    printf("%s %s:", name, what);
    for (int i = 0; i < 4; i++)
        printf(" %d%d", sigismember(&mask, SIGRTMIN + i), sigismember(&pending, SIGRTMIN + i));
    puts("");
}
static void *child(void *unused) {
    name = "child";
    show("inherits");
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGRTMIN + 1);
    step();
    await(2);
    show("later");
    pthread_sigmask(SIG_UNBLOCK, &one, NULL);
    show("unblocked");
    pthread_sigmask(SIG_SETMASK, &(sigset_t){0}, NULL);
    show("open");
    return NULL;
}
int main(void) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < 4; i++) handle(SIGRTMIN + i, handler, 0);
    for (int i = 0; i < 3; i++) sigaddset(&set, SIGRTMIN + i);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_kill(pthread_self(), SIGRTMIN);
    pthread_t t = start(child, 0);
    await(1);
    pthread_kill(t, SIGRTMIN + 1);
    pthread_kill(t, SIGRTMIN + 2);
    show("has");
    step();
    join(t);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    show("at the end");
}
