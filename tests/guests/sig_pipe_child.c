// Writing to a pipe whose last reader died: SIGPIPE kills one child, another that ignores it sees EPIPE.
#include "proc.h"
int main(void) {
    for (int ignore = 0; ignore < 2; ignore++) {
        int fds[2];
        pipe(fds);
        pid_t reader = CHILD({
            char buffer[100];
            close(fds[1]);
            read(fds[0], buffer, 100);
        });
        close(fds[0]);
        pid_t writer = CHILD({
            signal(SIGPIPE, ignore ? SIG_IGN : SIG_DFL);
            static char buffer[100000];
            long n;
            while ((n = write(fds[1], buffer, sizeof buffer)) > 0) {}
            printf("write %ld %s\n", n, strerrorname_np(errno));
        });
        close(fds[1]);
        reap("writer", writer);
        reap("reader", reader);
    }
}
