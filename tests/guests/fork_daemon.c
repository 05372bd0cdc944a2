// A daemon by the book: fork, setsid, fork; it outlives its parents and answers over a pipe.
#include "proc.h"
int main(void) {
    int answer[2];
    pipe(answer);
    reap("starter", CHILD({
             setsid();
             printf("leader: session %d group %d\n", getsid(0) == getpid(), getpgrp() == getpid());
             pid_t leader = getpid();
             CHILD({
                 while (getppid() == leader) usleep(500);
                 dprintf(answer[1], "daemon: leads %d, in its session %d\n", getsid(0) == getpid(), getsid(0) == leader);
                 umask(0);
                 chdir("/");
                 char cwd[100];
                 dprintf(answer[1], "daemon in %s\n", getcwd(cwd, sizeof cwd));
             });
             _exit(0);
         }));
    close(answer[1]);
    char text[1000] = "";
    for (long n = 0, got; (got = read(answer[0], text + n, sizeof text - n - 1)) > 0;) n += got;
    printf("%s", text);
    reap("library's starter", CHILD(pipe(answer); if (daemon(0, 1)) perror("daemon"); _exit(9)));
}
