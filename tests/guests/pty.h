/* For guests with a terminal of their own. They link with -lutil. */
#pragma once
#include "proc.h"
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

/* Prints what the terminal says until the text ends with `until`; carriage returns are dropped. */
static inline void read_until(int master, const char *until) {
    char text[4000] = "";
    size_t n = 0;
    while (n < sizeof text - 1 && read(master, text + n, 1) == 1) {
        if (text[n] != '\r') n++;
        text[n] = 0;
        if (n >= strlen(until) && !strcmp(text + n - strlen(until), until)) break;
    }
    printf("terminal: %s%s", text, n && text[n - 1] == '\n' ? "" : "\n");
}

/* A child that leads a session on a new terminal, which it has as 0, 1 and 2; the parent gets its
   master. It does the statements and exits. */
#define ON_TERMINAL(master, ...)                                                                   \
    ({                                                                                             \
        pid_t child = forkpty(&(master), NULL, NULL, NULL);                                        \
        if (!child) {                                                                              \
            __VA_ARGS__;                                                                           \
            exit(0);                                                                               \
        }                                                                                          \
        child;                                                                                     \
    })
