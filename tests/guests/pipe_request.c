// Two processes ask and answer over two pipes, five thousand times.
#include "proc.h"
int main(void) {
    int ask[2], answer[2];
    pipe(ask);
    pipe(answer);
    pid_t pid = CHILD({
        unsigned n;
        close(ask[1]);
        while (read(ask[0], &n, sizeof n) == sizeof n) n = n * 3 + 1, write(answer[1], &n, sizeof n);
    });
    unsigned n = 1;
    for (int i = 0; i < 5000; i++) {
        write(ask[1], &n, sizeof n);
        if (read(answer[0], &n, sizeof n) != sizeof n) puts("short");
    }
    close(ask[1]);
    reap("child", pid);
    printf("%x\n", n);
}
