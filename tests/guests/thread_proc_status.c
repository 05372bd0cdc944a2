// Threads: in /proc/self/status counts; a thread's own status names it and its group.
#include "thread.h"
static long field(const char *path, const char *name) {
    char line[300];
    FILE *file = fopen(path, "r");
    while (fgets(line, sizeof line, file))
        if (!strncmp(line, name, strlen(name))) break;
    fclose(file);
    return atol(line + strlen(name));
}
static void *run(void *unused) {
    long tid = field("/proc/thread-self/status", "Pid:"), group = field("/proc/thread-self/status", "Tgid:");
    char link[60], expected[60];
    sprintf(expected, "%d/task/%d", getpid(), gettid());
    link[readlink("/proc/thread-self", link, 59)] = 0;
    return POINTER((tid == gettid()) * 100 + (group == getpid()) * 10 + !strcmp(link, expected));
}
static void *waits(void *unused) {
    step();
    await(4);
    return NULL;
}
int main(void) {
    for (int i = 0; i < 3; i++) start(waits, 0);
    await(3);
    printf("%ld\n", field("/proc/self/status", "Threads:"));
    printf("%ld\n", join(start(run, 0)));
    printf("%d\n", NUMBER(run(NULL)));
}
