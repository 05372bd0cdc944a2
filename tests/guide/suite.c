// A test framework that runs each test in a process of its own, so that one that crashes takes no
// other with it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct url {
    char *host;
    char *port;
};

static struct url parse(const char *text) {
    struct url url = {strdup(text), NULL};
    char *colon = strchr(url.host, ':');
    if (colon) {
        *colon = 0;
        url.port = colon + 1;
    }
    return url;
}

static int test_host(void) {
    return strcmp(parse("example.org:80").host, "example.org") == 0;
}

static int test_port(void) {
    return atoi(parse("example.org:8080").port) == 8080;
}

static int test_default_port(void) {
    return atoi(parse("example.org").port) == 80;
}

static int test_empty(void) {
    return parse("").port == NULL;
}

static struct {
    const char *name;
    int (*run)(void);
} tests[] = {
    {"host", test_host},
    {"port", test_port},
    {"default_port", test_default_port},
    {"empty", test_empty},
};

int main(void) {
    int failed = 0, status;
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        if (fork() == 0)
            _exit(!tests[i].run());
        wait(&status);
        failed += status != 0;
        printf("%s %s\n", status ? "FAILED" : "ok    ", tests[i].name);
        fflush(stdout);
    }
    return failed > 0;
}
