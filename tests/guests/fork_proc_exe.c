// A child's exe, cmdline, comm and cwd in /proc, by itself and by its parent, are the program's own.
// args: one two
#include "proc.h"
#include <sys/prctl.h>
static void look(const char *who, char **argv) {
    char path[100], text[5000], *real = realpath(argv[0], NULL), *here = getcwd(NULL, 0);
    long n;
    sprintf(path, "/proc/%s/exe", who);
    text[readlink(path, text, sizeof text - 1)] = 0;
    printf("exe %d ", !strcmp(text, real));
    sprintf(path, "/proc/%s/cwd", who);
    n = readlink(path, text, sizeof text - 1);
    text[n > 0 ? n : 0] = 0;
    printf("cwd %d ", !strcmp(text, here));
    sprintf(path, "/proc/%s/cmdline", who);
    n = slurp(path, text, sizeof text);
    printf("cmdline %d %s %s %d ", !strcmp(text, argv[0]), text + strlen(text) + 1, text + n - 4,
           n == (long)strlen(argv[0]) + 9);
    sprintf(path, "/proc/%s/comm", who);
    slurp(path, text, sizeof text);
    printf("comm %s", text);
}
int main(int argc, char **argv) {
    Gate ready = gate(), done = gate();
    char who[20];
    pid_t pid = CHILD({
        look("self", argv);
        pass(ready);
        await(done);
        prctl(PR_SET_NAME, "renamed");
        look("self", argv);
        sprintf(who, "%d", getppid());
        look(who, argv);
        pass(ready);
        await(done);
    });
    for (int i = 0; i < 2; i++) {
        await(ready);
        sprintf(who, "%d", pid);
        look(who, argv);
        pass(done);
    }
    reap("child", pid);
    look("self", argv);
}
