/* What guests of several processes need besides. */
#pragma once
#include "guest.h"
#include <sys/wait.h>

/* Forks; the child does the statements, then exits with 0. */
#define CHILD(...)                                                                                 \
    ({                                                                                             \
        pid_t child = fork();                                                                      \
        if (!child) {                                                                              \
            __VA_ARGS__;                                                                           \
            exit(0);                                                                               \
        }                                                                                          \
        child;                                                                                     \
    })

/* Prints how a process ended, stopped or went on. */
static inline void show(const char *who, int status) {
    if (WIFEXITED(status)) printf("%s: exit %d\n", who, WEXITSTATUS(status));
    if (WIFSIGNALED(status)) printf("%s: killed by %s\n", who, sigabbrev_np(WTERMSIG(status)));
    if (WIFSTOPPED(status)) printf("%s: stopped by %s\n", who, sigabbrev_np(WSTOPSIG(status)));
    if (WIFCONTINUED(status)) printf("%s: continued\n", who);
}

/* Waits for a child and prints its end. */
static inline void reap_with(const char *who, pid_t pid, int options) {
    int status;
    pid_t got;
    do got = waitpid(pid, &status, options);
    while (got == -1 && errno == EINTR);
    if (got == pid)
        show(who, status);
    else
        printf("%s: waitpid %s\n", who, got == -1 ? strerrorname_np(errno) : "got another");
}
static inline void reap(const char *who, pid_t pid) { reap_with(who, pid, 0); }

/* A pipe that orders processes: one `pass` lets one `await` go on; it says whether somebody passed. */
typedef struct {
    int fds[2];
} Gate;
static inline Gate gate(void) {
    Gate made;
    if (pipe(made.fds)) perror("pipe");
    return made;
}
static inline void pass(Gate gate) {
    if (write(gate.fds[1], "", 1) != 1) perror("pass");
}
static inline int await(Gate gate) {
    char byte;
    long got;
    do got = read(gate.fds[0], &byte, 1);
    while (got == -1 && errno == EINTR);
    return got == 1;
}

/* Reads a whole file as a string; returns its length or -1. */
static inline long slurp(const char *path, char *buffer, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    long length = 0, got;
    while ((got = read(fd, buffer + length, size - length - 1)) > 0) length += got;
    buffer[length] = 0;
    close(fd);
    return length;
}

/* The letter of a process's state, '-' if there is none such. */
static inline char state_of(pid_t pid) {
    char path[40], text[1000];
    sprintf(path, "/proc/%d/stat", pid);
    return slurp(path, text, sizeof text) > 0 ? strrchr(text, ')')[2] : '-';
}
static inline void until_state(pid_t pid, char state) {
    while (state_of(pid) != state) usleep(500);
}
