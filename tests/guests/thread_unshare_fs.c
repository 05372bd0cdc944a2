// A thread with a working directory and umask of its own; the others keep sharing theirs.
#include "thread.h"
static void show(const char *who) {
    char cwd[4096], *name = strrchr(getcwd(cwd, sizeof cwd), '/');
    int mask = umask(022);
    umask(mask);
    printf("%s %s %o\n", who, name, mask);
}
static void *own(void *unused) {
    TRY(unshare(CLONE_FS));
    chdir("a");
    umask(077);
    show("own");
    step();
    await(2);
    show("own still");
    return NULL;
}
static void *sharing(void *unused) {
    chdir("b");
    umask(007);
    return NULL;
}
int main(void) {
    umask(022);
    mkdir("a", 0700);
    mkdir("b", 0700);
    pthread_t t = start(own, 0);
    await(1);
    join(start(sharing, 0));
    show("main");
    step();
    join(t);
}
