// A pipeline of three processes: one makes numbers, one squares them, one adds them up.
#include "proc.h"
int main(void) {
    int first[2], second[2];
    pipe(first);
    pid_t make = CHILD({
        close(first[0]);
        FILE *out = fdopen(first[1], "w");
        for (int i = 1; i <= 20000; i++) fprintf(out, "%d\n", i);
        fclose(out);
        exit(1);
    });
    close(first[1]);
    pipe(second);
    pid_t square = CHILD({
        close(second[0]);
        FILE *in = fdopen(first[0], "r");
        FILE *out = fdopen(second[1], "w");
        long n;
        while (fscanf(in, "%ld", &n) == 1) fprintf(out, "%ld\n", n * n);
        fclose(out);
        exit(2);
    });
    close(first[0]);
    close(second[1]);
    pid_t add = CHILD({
        FILE *in = fdopen(second[0], "r");
        long n;
        long sum = 0;
        while (fscanf(in, "%ld", &n) == 1) sum += n;
        printf("%ld\n", sum);
        exit(3);
    });
    close(second[0]);
    reap("add", add);
    reap("make", make);
    reap("square", square);
}
