// exec with an empty environment, one of odd strings, and without argument and environment pointers at all.
#include "proc.h"
extern char **environ;
int main(int argc, char **argv) {
    int step = argc > 1 ? atoi(argv[1]) : 0;
    printf("step %d:", step);
    for (char **e = environ; step && *e; e++) printf(" [%s]", *e);
    printf("\n");
    if (step == 0) execle("/proc/self/exe", "x", "1", NULL, (char *[]){NULL});
    char *odd[] = {"", "NOVALUE", "=x", "A=1", "A=2", "SPACE=a b", NULL};
    if (step == 1) execle("/proc/self/exe", "x", "2", NULL, odd);
    printf("A %s\n", getenv("A") ? getenv("A") : "unset");
    if (step == 2) execve("/proc/self/exe", (char *[]){"x", "3", NULL}, NULL);
}
