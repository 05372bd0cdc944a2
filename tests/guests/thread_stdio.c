// Four threads write one stream: lines stay whole, flockfile keeps pairs together.
#include "thread.h"
static FILE *file;
static void *writes(void *n) {
    for (int i = 0; i < 200; i++) {
        flockfile(file);
        fprintf(file, "begin %d %d\n", NUMBER(n), i);
        if (i % 20 == 0) sched_yield();
        for (char *c = "end\n"; *c; c++) putc_unlocked(*c, file);
        funlockfile(file);
        fprintf(file, "single %d %d\n", NUMBER(n), i);
    }
    return NULL;
}
int main(void) {
    file = fopen("log", "w+");
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(writes, i);
    for (int i = 0; i < 4; i++) join(t[i]);
    rewind(file);
    char line[100];
    int pairs = 0, singles = 0, wrong = 0, a, b;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "begin %d %d", &a, &b) == 2) {
            fgets(line, sizeof line, file);
            pairs++, wrong += strcmp(line, "end\n") != 0;
        } else if (sscanf(line, "single %d %d", &a, &b) == 2) singles++;
        else wrong++;
    }
    printf("%d %d wrong %d\n", pairs, singles, wrong);
}
