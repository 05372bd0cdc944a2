// argv[0] differs from the path: comm, exe, AT_EXECFN and the name prctl set are told apart.
#include "proc.h"
#include <sys/auxv.h>
#include <sys/prctl.h>
int main(int argc, char **argv) {
    char comm[20], exe[4096];
    slurp("/proc/self/comm", comm, sizeof comm);
    exe[readlink("/proc/self/exe", exe, sizeof exe - 1)] = 0;
    printf("argv[0] %s comm %s", argc > 1 ? argv[0] : "-", comm);
    printf("exe %s execfn %s invocation %s\n", strrchr(exe, '/') + 1, argc > 1 ? (char *)getauxval(AT_EXECFN) : "-",
           argc > 1 ? program_invocation_short_name : "-");
    if (argc > 2) return 0;
    prctl(PR_SET_NAME, "renamed");
    if (argc == 1) {
        symlink(exe, "a-link-with-a-long-name");
        execl("./a-link-with-a-long-name", "-login", "2", NULL);
    }
    execl("/proc/self/exe", "/some/where/else", "2", "3", NULL);
}
