// exec of a relative path in a child with another directory, umask and limits, which the new program has, too.
#include "proc.h"
#include <sys/resource.h>
int main(int argc, char **argv) {
    struct rlimit limit;
    if (argc > 1) {
        getrlimit(RLIMIT_NOFILE, &limit);
        printf("%s in %s umask %o files %d nice %d\n", argv[0], strrchr(getcwd(NULL, 0), '/'), umask(0),
               limit.rlim_cur == 99, getpriority(PRIO_PROCESS, 0));
        return 4;
    }
    char exe[4096];
    exe[readlink("/proc/self/exe", exe, sizeof exe - 1)] = 0;
    mkdir("sub", 0755);
    symlink(exe, "sub/program");
    reap("child", CHILD({
             chdir("sub");
             umask(027);
             setrlimit(RLIMIT_NOFILE, &(struct rlimit){99, 200});
             setpriority(PRIO_PROCESS, 0, 5);
             execl("./program", "./program", "again", NULL);
         }));
    reap("from above", CHILD(execl("sub/program", "sub/program", "again", NULL)));
    reap("not here", CHILD(execl("./program", "x", NULL); exit(errno == ENOENT ? 1 : 2)));
    rename("sub", "moved");
    reap("moved", CHILD(chdir("moved"); execl("../moved/program", "../moved/program", "again", NULL)));
}
