// Thirty generations: each starts the next and ends without waiting; the last one answers.
#include "proc.h"
int main(void) {
    int fds[2], sum = 0;
    pipe(fds);
    pid_t pid = fork();
    if (!pid) {
        for (int i = 0; i < 30; i++) {
            sum = sum * 3 + i;
            if (fork()) _exit(i);
        }
        write(fds[1], &sum, sizeof sum);
        _exit(0);
    }
    close(fds[1]);
    reap("first", pid);
    printf("%ld bytes: ", read(fds[0], &sum, sizeof sum));
    printf("%x, then %ld\n", sum, read(fds[0], &sum, sizeof sum));
}
