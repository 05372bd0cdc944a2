// One thread calls exec, another exit_group, a third prints: who wins?
// nondeterministic: the schedule is the point
#include "thread.h"
static void *execs(void *self) {
    await(3);
    execl("/proc/self/exe", self, "after exec", NULL);
    return NULL;
}
static void *exits(void *unused) {
    step();
    await(3);
    for (volatile int i = 0; i < 30000; i++) {}
    _exit(0);
}
static void *prints(void *unused) {
    step();
    await(3);
    for (int i = 0;; i++) printf("line %d\n", i);
}
int main(int argc, char **argv) {
    if (argc > 1) return puts(argv[1]), 0;
    start(execs, (intptr_t)argv[0]);
    start(exits, 0);
    start(prints, 0);
    await(2);
    step();
    pause();
}
