// Forks while other threads are in malloc and printf: the children can allocate and print.
#include "thread.h"
#include <sys/wait.h>
static _Atomic int stop;
static void *busy(void *n) {
    FILE *null = fopen("/dev/null", "w");
    while (!stop) {
        void *p = malloc(100 + NUMBER(n) * 5000);
        fprintf(null, "%p\n", p);
        free(p);
    }
    return NULL;
}
int main(void) {
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(busy, i);
    int good = 0;
    for (int i = 0; i < 20; i++) {
        int status, child = fork();
        if (!child) {
            char *p = malloc(100000);
            sprintf(p, "child %d", i);
            if (i % 5 == 0) puts(p);
            free(p);
            exit(i);
        }
        waitpid(child, &status, 0);
        good += WEXITSTATUS(status) == i;
    }
    stop = 1;
    for (int i = 0; i < 3; i++) join(t[i]);
    printf("%d\n", good);
}
