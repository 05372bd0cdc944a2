// Ten children write records of up to PIPE_BUF bytes to one pipe: each arrives whole.
#include "proc.h"
#include <limits.h>
int main(void) {
    int fds[2];
    pipe(fds);
    for (int i = 0; i < 10; i++)
        CHILD({
            unsigned char record[PIPE_BUF];
            for (int k = 0; k < 40; k++) {
                memset(record, i, sizeof record);
                record[1] = k;
                if (write(fds[1], record, 1000) != 1000) perror("write");
            }
        });
    close(fds[1]);
    unsigned char record[1000];
    int counts[10] = {0}, broken = 0;
    FILE *in = fdopen(fds[0], "r");
    while (fread(record, 1000, 1, in) == 1) {
        for (int i = 2; i < 1000; i++) broken += record[i] != record[0];
        broken += record[1] != counts[record[0]]++;
    }
    for (int i = 0; i < 10; i++) printf("%d ", counts[i]);
    printf("broken %d\n", broken);
    while (wait(NULL) > 0) {}
}
