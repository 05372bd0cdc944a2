// args: start
#include "guest.h"
int main(int argc, char **argv) {
    printf("argc %d %s\n", argc, argc > 1 ? argv[1] : "-");
    if (argc > 1 && !strcmp(argv[1], "start")) {
        execl("/no/such/program", "x", NULL);
        printf("%s\n", strerrorname_np(errno));
        execl("/proc/self/exe", "again", "second", NULL);
    }
    if (argc > 1) execve("/proc/self/exe", (char *[]){NULL}, (char *[]){NULL}); // empty argv, empty environment
    extern char **environ;
    printf("argv[0] %s environment %d\n", argv[0], environ[0] != NULL);
}
