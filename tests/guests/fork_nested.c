// A tree of processes three levels deep; each returns the sum of its children's codes and its own.
// exit: 139
#include "proc.h"
static int grow(int depth, int number) {
    int sum = number;
    for (int i = 0; depth && i < 3; i++) {
        pid_t pid = fork();
        if (!pid) exit(grow(depth - 1, number * 3 + i) % 251);
        int status;
        waitpid(pid, &status, 0);
        sum += WEXITSTATUS(status);
    }
    printf("depth %d number %d sum %d\n", depth, number, sum);
    return sum;
}
int main(void) { return grow(3, 0) % 251; }
