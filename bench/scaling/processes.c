// So many processes, one after another: fork, execve of true, wait.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) {
    int count = atoi(argv[1]), status, failed = 0;
    for (int i = 0; i < count; i++) {
        pid_t child = fork();
        if (!child) {
            execl("/usr/bin/true", "true", NULL);
            _exit(127);
        }
        failed += child < 0 || waitpid(child, &status, 0) != child || status;
    }
    printf("%d, %d failed\n", count, failed);
    return failed != 0;
}
