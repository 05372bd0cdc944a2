// Programs with and without AddressSanitizer execute each other: the layout changes with each.
// sanitizer: address
#include "guest.h"
int main(int argc, char **argv) {
    int turn = argc > 1 ? atoi(argv[1]) : 0;
    char *p = malloc(100), next[20];
    snprintf(p, 100, "turn %d", turn);
    puts(p);
    fflush(stdout);
    free(p);
    snprintf(next, sizeof next, "%d", turn + 1);
    if (turn == 1) {
        pid_t child = fork();
        if (child == 0) {
            execl("/bin/sh", "sh", "-c", "echo in a child's shell", NULL);
            _exit(1);
        }
        int status;
        waitpid(child, &status, 0);
        printf("child %d\n", status);
        fflush(stdout);
    }
    if (turn < 3)
        execl("/bin/sh", "sh", "-c", "echo in a shell; exec \"$0\" $1", argv[0], next, NULL);
    return 0;
}
