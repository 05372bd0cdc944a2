// Output that is in a stdio buffer at the fork comes out twice; input read ahead is in both.
// stdin: first\nsecond\nthird\n
#include "proc.h"
int main(void) {
    char line[100];
    fgets(line, sizeof line, stdin);
    printf("got %s", line);
    setvbuf(stdout, NULL, _IOFBF, 4096);
    printf("buffered once; ");
    pid_t pid = fork();
    fgets(line, sizeof line, stdin);
    if (pid) waitpid(pid, NULL, 0);
    printf("%s got %s", pid ? "parent" : "child", line);
    fflush(stdout);
}
