// The child of a threaded process has the forking thread only, with its thread-local data.
#include "thread.h"
#include <dirent.h>
#include <sys/wait.h>
static __thread int local;
static _Atomic int stop;
static volatile long counter;
static int threads(void) {
    int n = 0;
    DIR *dir = opendir("/proc/self/task");
    for (struct dirent *e; (e = readdir(dir));) n += e->d_name[0] != '.';
    closedir(dir);
    return n;
}
static void *count(void *unused) {
    step();
    while (!stop) counter++;
    return NULL;
}
static void *forks(void *n) {
    local = 40 + NUMBER(n);
    int status, child = fork();
    if (!child) {
        long before = counter;
        for (volatile int i = 0; i < 100000; i++) {}
        printf("child: %d, threads %d, ", local, threads());
        printf("tid is pid %d, still %d\n", gettid() == getpid(), counter == before);
        _exit(local);
    }
    waitpid(child, &status, 0);
    return POINTER(WEXITSTATUS(status));
}
int main(void) {
    pthread_t a = start(count, 0), b = start(count, 0);
    await(2);
    printf("%ld\n", join(start(forks, 1)));
    printf("%ld\n", join(start(forks, 2)));
    printf("%ld\n", (long)forks(POINTER(3)));
    printf("parent has %d\n", threads());
    stop = 1;
    join(a), join(b);
}
