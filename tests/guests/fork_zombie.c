// A dead child stays as a zombie, without a command line, until it is waited for.
#include "proc.h"
int main(void) {
    char path[40], text[1000];
    pid_t pid = CHILD(exit(3));
    until_state(pid, 'Z');
    TRY(kill(pid, 0));
    TRY(kill(pid, SIGKILL));
    sprintf(path, "/proc/%d/cmdline", pid);
    printf("command line %ld\n", slurp(path, text, sizeof text));
    sprintf(path, "/proc/%d/exe", pid);
    printf("exe %s\n", readlink(path, text, sizeof text) < 0 ? strerrorname_np(errno) : "there");
    sprintf(path, "/proc/%d/status", pid);
    slurp(path, text, sizeof text);
    printf("%.17s\n", strstr(text, "State:"));
    reap("child", pid);
    TRY(kill(pid, 0));
    printf("state %c\n", state_of(pid));
}
