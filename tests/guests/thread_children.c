// Every thread forks a child and waits for it; __WNOTHREAD sees one's own children only.
#include "thread.h"
#include <sys/wait.h>
static void *parent(void *n) {
    int status, child = fork();
    if (!child) _exit(NUMBER(n));
    if (waitpid(child, &status, 0) != child) puts("lost");
    return POINTER(WEXITSTATUS(status) * 10);
}
static void *only_own(void *unused) {
    TRY(waitpid(-1, NULL, WNOHANG | __WNOTHREAD));
    return NULL;
}
int main(void) {
    pthread_t t[6];
    for (int i = 0; i < 6; i++) t[i] = start(parent, i);
    for (int i = 0; i < 6; i++) printf("%ld\n", join(t[i]));
    int child = fork();
    if (!child) pause();
    join(start(only_own, 0));
    kill(child, SIGKILL);
    int status;
    printf("%d\n", waitpid(-1, &status, __WNOTHREAD) == child);
    printf("%d\n", WTERMSIG(status));
    join(start(only_own, 0));
}
