// Argument vectors: empty, missing, unreadable at their end, of the longest strings, too long; what is wrong first.
#include "proc.h"
#include <sys/resource.h>
static char *longest;
static void run(const char *what, const char *path, char **argv, char **envp) {
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        execve(path, argv, envp);
        printf("%s: %s\n", what, strerrorname_np(errno));
        _exit(9);
    }
    reap(what, pid);
}
int main(int argc, char **argv) {
    extern char **environ;
    int empty = argc == 1 && !*argv[0];
    if (empty || argc > 1 || !strcmp(argv[0], "one")) {
        int variables = 0;
        while (environ[variables]) variables++;
        printf("argc %d lengths %zu %zu variables %d\n", argc, strlen(argv[0]), argc > 1 ? strlen(argv[1]) : 0, variables);
        return 0;
    }
    char *self = realpath(argv[0], NULL), *none[] = {NULL}, *one[] = {"one", NULL};
    char **edge = (char **)(mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + PAGE);
    munmap(edge, PAGE);
    longest = malloc(200000);
    memset(longest, 'x', 131071), longest[131071] = 0;
    close(open("empty", O_CREAT | O_WRONLY, 0755));
    run("no vectors", self, NULL, NULL);
    run("empty vectors", self, none, none);
    edge[-1] = NULL;
    run("vector up to the edge", self, edge - 1, none);
    edge[-1] = "x";
    run("vector over the edge", self, edge - 1, none);
    run("environment over the edge", self, one, edge - 1);
    ((char *)edge)[-1] = 'y';
    run("string over the edge", self, (char *[]){"one", (char *)edge - 1, NULL}, none);
    run("variable over the edge", self, one, (char *[]){(char *)edge - 1, NULL});
    ((char *)edge)[-1] = 0;
    run("string up to the edge", self, (char *[]){"one", (char *)edge - 1, NULL}, none);
    run("longest string", self, (char *[]){"one", longest, NULL}, none);
    run("longest variable", self, one, (char *[]){longest, NULL});
    longest[131071] = 'x', longest[131072] = 0;
    run("too long a string", self, (char *[]){"one", longest, NULL}, none);
    run("too long a variable", self, one, (char *[]){longest, NULL});
    run("missing, vector over the edge", "/no/such", edge - 1, none);
    run("empty file, too long a string", "empty", (char *[]){"one", longest, NULL}, none);
    run("empty file, string over the edge", "empty", edge - 1, none);
    run("unreadable string, too long a variable", self, (char *[]){(char *)8, NULL}, (char *[]){longest, NULL});
    run("too long a string, unreadable variable", self, (char *[]){longest, NULL}, (char *[]){(char *)8, NULL});
    longest[100000] = 0;
    char *many[80];
    for (int i = 0; i < 79; i++) many[i] = longest;
    many[79] = NULL;
    many[20] = NULL;
    run("two megabytes of eight", self, many, none);
    many[20] = longest;
    setrlimit(RLIMIT_STACK, &(struct rlimit){64 << 20, RLIM_INFINITY});
    many[60] = NULL;
    run("six megabytes is too much for any stack", self, many, many);
    many[60] = longest;
    setrlimit(RLIMIT_STACK, &(struct rlimit){4 << 20, RLIM_INFINITY});
    many[10] = NULL;
    run("a fourth of the stack, not quite", self, many, none);
    many[10] = longest, many[11] = NULL;
    run("more than a fourth of the stack", self, many, none);
}
