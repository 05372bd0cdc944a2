// A string that is too long runs over a pointer, which is used much later.
#include <stdio.h>
#include <string.h>

struct record {
    char name[8];
    int *value;
};

static int number = 42;
static struct record records[3] = {{"one", &number}, {"two", &number}, {"three", &number}};

static void rename_record(int which, const char *name) {
    for (int i = 0; i <= (int)strlen(name); i++)
        records[which].name[i] = name[i];
}

static int sum(void) {
    int all = 0;
    for (int i = 0; i < 3; i++)
        all += *records[i].value;
    return all;
}

int main(void) {
    rename_record(0, "eins");
    printf("%d\n", sum());
    rename_record(1, "zweiundzwanzig");
    rename_record(2, "drei");
    printf("%d\n", sum());
    return 0;
}
