// A parent and two children, each of which does something of its own.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int role;

static void play(int number) {
    role = number * 100;
    printf("role %d\n", role);
    fflush(stdout);
}

int main(void) {
    for (int i = 1; i <= 2; i++) {
        pid_t child = fork();
        if (child == 0) {
            play(i);
            _exit(i);
        }
        waitpid(child, NULL, 0);
    }
    play(9);
    return 0;
}
