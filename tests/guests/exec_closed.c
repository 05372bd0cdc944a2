// Descriptors 0, 1 and 2, closed before an exec, are closed after it.
#include "proc.h"

static void report(int to) {
    char line[64];
    int open = 0;
    for (int fd = 0; fd < 3; fd++) open |= (fcntl(fd, F_GETFD) >= 0) << fd;
    int lowest = dup(to);
    write(to, line, sprintf(line, "open: %o, the next is %d\n", open, lowest));
}

int main(int argc, char **argv) {
    if (argc > 1) {
        report(atoi(argv[1]));
        return 0;
    }
    int to = fcntl(1, F_DUPFD, 100);
    char number[8];
    sprintf(number, "%d", to);
    for (int closed = 0; closed < 8; closed++) {
        printf("without %o: ", closed);
        fflush(stdout);
        pid_t child = CHILD(
            for (int fd = 0; fd < 3; fd++) if (closed >> fd & 1) close(fd);
            execl("/proc/self/exe", argv[0], number, NULL);
        );
        waitpid(child, NULL, 0);
    }
}
