// A shell with job control on a terminal: a job stops and is brought back by fg, another is ended by ^C.
// libs: -lutil
#include "pty.h"
int main(void) {
    int master;
    char *environment[] = {"PS1=prompt> ", "PATH=/bin:/usr/bin", NULL};
    pid_t pid = ON_TERMINAL(master, execle("/bin/sh", "sh", "-i", NULL, environment));
    const char *talk[] = {"stty -echo\n", "prompt> ",
                          "echo $((6 * 7))\n", "prompt> ",
                          "sh -c 'echo started; kill -STOP $$; echo resumed; exit 4'\n", "prompt> ",
                          "fg >/dev/null; echo \"status $?\"\n", "prompt> ",
                          "sh -c 'echo started; exec sleep 1000'\n", "started\n",
                          "\3", "prompt> ",
                          "echo \"status $?\"\n", "prompt> "};
    read_until(master, "prompt> ");
    for (unsigned i = 0; i < sizeof talk / sizeof *talk; i += 2) {
        write(master, talk[i], strlen(talk[i]));
        read_until(master, talk[i + 1]);
    }
    write(master, "exit 6\n", 7);
    reap("shell", pid);
}
