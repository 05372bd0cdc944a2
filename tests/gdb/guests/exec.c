// Becomes another program: itself, with another argument.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void first_life(char *self) {
    puts("first");
    fflush(stdout);
    execl(self, self, "second", NULL);
}

static void second_life(void) {
    puts("second");
}

int main(int argc, char **argv) {
    if (argc == 1)
        first_life(argv[0]);
    second_life();
    return 0;
}
