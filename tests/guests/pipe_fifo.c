// A named pipe: opening waits for the other side, the last writer's end is end of file, then it can be opened again.
#include "proc.h"
int main(void) {
    TRY(mkfifo("fifo", 0600));
    TRY(open("fifo", O_WRONLY | O_NONBLOCK));
    for (int round = 0; round < 3; round++) {
        pid_t pid = CHILD({
            usleep(2000);
            int out = open("fifo", O_WRONLY);
            dprintf(out, "round %d\n", round);
            dprintf(out, "second line\n");
        });
        FILE *in = fopen("fifo", "r");
        char line[100];
        while (fgets(line, sizeof line, in)) printf("%s", line);
        fclose(in);
        reap("writer", pid);
    }
}
