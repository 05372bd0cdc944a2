// /proc of a process before and after its exec, seen by its parent: exe, cmdline, comm, maps.
#include "proc.h"
static void look(pid_t pid) {
    char path[40], text[10000];
    sprintf(path, "/proc/%d/exe", pid);
    text[readlink(path, text, sizeof text - 1)] = 0;
    printf("exe %s ", strrchr(text, '/') + 1);
    sprintf(path, "/proc/%d/comm", pid);
    slurp(path, text, sizeof text);
    text[strcspn(text, "\n")] = 0;
    printf("comm %s ", text);
    sprintf(path, "/proc/%d/cmdline", pid);
    long n = slurp(path, text, sizeof text);
    for (long i = 0; i < n; i++) text[i] = text[i] ? text[i] : '|';
    printf("cmdline %s ", strchr(text, '|'));
    sprintf(path, "/proc/%d/maps", pid);
    slurp(path, text, sizeof text);
    printf("maps program %d cat %d\n", strstr(text, "exec_proc_self") != NULL, strstr(text, "/cat\n") != NULL);
}
int main(int argc, char **argv) {
    int in[2], out[2];
    pipe2(in, O_CLOEXEC);
    pipe2(out, O_CLOEXEC);
    pid_t pid = CHILD({
        dup2(in[0], 0);
        dup2(out[1], 1);
        write(1, "1", 1);
        char byte;
        read(0, &byte, 1);
        execlp("cat", "kitten", "-", "-", NULL);
    });
    char byte;
    read(out[0], &byte, 1);
    look(pid);
    write(in[1], "ab", 2);
    read(out[0], &byte, 1);
    look(pid);
    close(in[1]);
    reap("child", pid);
}
