// What a child and its parent say of process, thread, parent, group and session ids, by call and in /proc.
#include "proc.h"
#include <sys/auxv.h>
static int field(const char *name) {
    char text[4000];
    slurp("/proc/self/status", text, sizeof text);
    char *found = strstr(text, name);
    return found ? atoi(found + strlen(name)) : -1;
}
static void check(const char *who, pid_t pid, pid_t parent, pid_t group, pid_t session) {
    char link[20] = "", text[1000];
    readlink("/proc/self", link, sizeof link - 1);
    slurp("/proc/self/stat", text, sizeof text);
    int stat_parent, stat_group, stat_session;
    sscanf(strrchr(text, ')') + 3, "%*c %d %d %d", &stat_parent, &stat_group, &stat_session);
    printf("%s: pid %d %d %d %d %d tid %d %d\n", who, getpid() == pid, syscall(SYS_getpid) == pid, atoi(link) == pid,
           atoi(text) == pid, field("\nTgid:") == pid, gettid() == pid, field("\nPid:") == pid);
    printf("%s: parent %d %d %d\n", who, getppid() == parent, stat_parent == parent, field("\nPPid:") == parent);
    printf("%s: group %d %d %d session %d %d\n", who, getpgrp() == group, getpgid(0) == group, stat_group == group,
           getsid(0) == session, stat_session == session);
    printf("%s: set_tid_address %d\n", who, syscall(SYS_set_tid_address, malloc(4)) == pid);
}
int main(void) {
    pid_t me = getpid(), group = getpgrp(), session = getsid(0);
    int ids[2];
    pipe(ids);
    check("parent", me, getppid(), group, session);
    pid_t pid = CHILD({
        pid_t told;
        read(ids[0], &told, sizeof told);
        check("child", told, me, group, session);
        setpgid(0, 0);
        check("in a group", told, me, told, session);
        setsid();
        pid_t inner = fork();
        if (!inner) {
            read(ids[0], &inner, sizeof inner);
            check("grandchild", inner, told, told, session);
            exit(0);
        }
        write(ids[1], &inner, sizeof inner);
        reap("grandchild", inner);
    });
    write(ids[1], &pid, sizeof pid);
    reap("child", pid);
    check("parent", me, getppid(), group, session);
}
