// Arguments and environment arrive intact, with clew's own two variables at most added.
// args: one two\three "quoted" --option=x
// env: SOME=thing with spaces
#include "guest.h"
extern char **environ;
int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) puts(argv[i]);
    printf("%d %d\n", argc, argv[argc] == NULL);
    int names = 0;
    for (char **e = environ; *e; e++)
        if (strncmp(*e, "CLEW", 4)) names++;
    printf("%s, %d with %d\n", getenv("SOME"), names > 1, strchr(argv[0], '/') != NULL);
    setenv("NEW", "value", 1);
    unsetenv("SOME");
    printf("%s %d\n", getenv("NEW"), getenv("SOME") == NULL);
}
