// Thread names by prctl, pthread_setname_np and /proc, read back each way.
#include "thread.h"
static void *run(void *n) {
    char name[16], path[60], text[40] = "";
    pthread_getname_np(pthread_self(), name, sizeof name);
    printf("inherits %s\n", name);
    sprintf(name, "worker-%d", NUMBER(n));
    prctl(PR_SET_NAME, name);
    prctl(PR_GET_NAME, text);
    puts(text);
    sprintf(path, "/proc/self/task/%d/comm", gettid());
    int fd = open(path, O_RDWR);
    read(fd, text, 39);
    printf("%s", text);
    write(fd, "via proc and too long", 21);
    prctl(PR_GET_NAME, text);
    puts(text);
    step();
    await(2);
    prctl(PR_GET_NAME, text);
    puts(text);
    return NULL;
}
int main(void) {
    pthread_t t = start(run, 3);
    await(1);
    PTRY(pthread_setname_np(t, "from outside"));
    PTRY(pthread_setname_np(t, "much too long a name"));
    char name[16];
    PTRY(pthread_getname_np(t, name, sizeof name));
    puts(name);
    step();
    join(t);
    prctl(PR_GET_NAME, name);
    puts(name);
}
