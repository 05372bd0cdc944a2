// A shell-like thread on the slave answers lines that another thread types on the master.
#include "tty.h"
static void *shell(void *unused) {
    char line[100];
    FILE *in = fdopen(dup(slave), "r"), *out = fdopen(dup(slave), "w");
    while (fprintf(out, "$ "), fflush(out), fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = 0;
        fprintf(out, "[%s:%zu]\n", line, strlen(line));
        fflush(out);
    }
    fprintf(out, "bye");
    fflush(out);
    return NULL;
}
static char seen[4000];
static void expect(const char *prompt) {
    size_t length = 0, wanted = strlen(prompt);
    while (length < wanted || strcmp(seen + length - wanted, prompt)) {
        long got = read(master, seen + length, 1);
        seen[length += got] = 0;
    }
    printf("%zu '", length);
    for (int i = 0; i < length; i++) seen[i] == '\r' ? printf("<cr>") : putchar(seen[i]);
    puts("'");
}
int main(void) {
    open_tty();
    pthread_t t = start(shell, 0);
    expect("$ ");
    for (int i = 0; i < 5; i++) {
        char line[50];
        sprintf(line, "command number %dx\x7f\n", i);
        type(line);
        expect("$ ");
    }
    type("\x04");
    expect("bye");
    join(t);
}
