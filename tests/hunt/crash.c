// An order violation: a worker is started before what it needs is set up, and the set-up usually wins.
// If it does not, the worker follows a null pointer: SIGSEGV.
#include <pthread.h>
#include <stdlib.h>

struct settings { int rate; };
static struct settings *volatile settings;

static int parse(int text) {
    int value = 0;
    for (volatile int i = 0; i < text; i++) value += i & 1;
    return value;
}

__attribute__((noinline)) static int use(void) {
    return settings->rate;
}

static void *worker(void *unused) {
    (void)unused;
    parse(8000);
    if (use() < 0) abort();
    return NULL;
}

int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, worker, NULL);
    struct settings *made = malloc(sizeof *made);
    made->rate = parse(4000);
    settings = made;
    pthread_join(thread, NULL);
    return 0;
}
