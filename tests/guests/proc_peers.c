// What a process sees of another in /proc: its program before and after an exec, mappings, vector, descriptors, threads.
#include "proc.h"
#include <dirent.h>
#include <elf.h>
#include <sys/auxv.h>
static int entries(pid_t pid, const char *name) {
    char path[60];
    sprintf(path, "/proc/%d/%s", pid, name);
    DIR *dir = opendir(path);
    int count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));) count += entry->d_name[0] != '.';
    if (dir) closedir(dir);
    return dir ? count : -1;
}
static void look(const char *who, pid_t pid) {
    static char text[300000];
    char path[60], link[4096] = "";
    struct stat exe;
    sprintf(path, "/proc/%d/exe", pid);
    readlink(path, link, sizeof link - 1);
    int fd = open(path, O_RDONLY);
    read(fd, text, 4);
    close(fd);
    printf("%s: exe %s stat %d elf %d", who, strrchr(link, '/') + 1, stat(path, &exe), !memcmp(text, ELFMAG, 4));
    for (int detailed = 0; detailed < 2; detailed++) {
        sprintf(path, "/proc/%d/%s", pid, detailed ? "smaps" : "maps");
        slurp(path, text, sizeof text);
        int code = 0, heap = 0, foreign = 0;
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
            code += strstr(line, " r-xp ") && strstr(line, link);
            heap += strstr(line, "[heap]") != NULL;
            foreign += strstr(line, "memfd:") != NULL;
        }
        printf(" code %d heap %d foreign %d", code, heap, foreign);
    }
    sprintf(path, "/proc/%d/auxv", pid);
    Elf64_auxv_t vector[64];
    fd = open(path, O_RDONLY);
    long size = read(fd, vector, sizeof vector), headers = 0;
    close(fd);
    for (int i = 0; i < size / (long)sizeof *vector; i++)
        if (vector[i].a_type == AT_PHENT) headers = vector[i].a_un.a_val;
    printf(" auxv %ld fds %d fdinfo %d tasks %d\n", headers, entries(pid, "fd"), entries(pid, "fdinfo"), entries(pid, "task"));
}
int main(int argc, char **argv) {
    for (int fd = 3; fd < 1100; fd++) close(fd);
    Gate ready = gate(), go = gate();
    if (argc > 1) return 1;
    pid_t parent = getpid();
    pid_t pid = CHILD({
        free(malloc(100));
        look("parent", parent);
        pass(ready);
        await(go);
        dup2(go.fds[0], 0);
        dup2(ready.fds[1], 1);
        for (int fd = 3; fd < 10; fd++) close(fd);
        execlp("cat", "cat", "-", "-", NULL);
    });
    await(ready);
    look("child", pid);
    write(go.fds[1], "abc", 3);
    await(ready);
    await(ready);
    look("cat", pid);
    close(go.fds[1]);
    reap("child", pid);
    char path[60], text[100];
    pid = CHILD();
    siginfo_t info;
    waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
    sprintf(path, "/proc/%d/exe", pid);
    TRY(readlink(path, text, sizeof text));
    reap("zombie", pid);
    TRY(readlink(path, text, sizeof text));
    TRY(readlink("/proc/1/exe", text, sizeof text) > 0 || errno == EACCES || errno == ENOENT);
}
