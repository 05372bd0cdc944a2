// CLONE_FS shares working directory, root and umask, until unshare.
#include "proc.h"
#include <sched.h>
static const char *base(void) { return strrchr(getcwd(NULL, 0), '/'); }
int main(void) {
    Gate child_did = gate(), parent_did = gate();
    mkdir("one", 0755);
    mkdir("one/two", 0755);
    umask(1);
    pid_t pid = syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0);
    if (!pid) {
        chdir("one");
        umask(2);
        pass(child_did);
        await(parent_did);
        printf("child in %s\n", base());
        unshare(CLONE_FS);
        chdir("/");
        umask(4);
        _exit(0);
    }
    await(child_did);
    printf("parent in %s umask %o\n", base(), umask(2));
    chdir("two");
    pass(parent_did);
    reap("child", pid);
    printf("parent in %s umask %o\n", base(), umask(0));
}
