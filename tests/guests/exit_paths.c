// atexit handlers in order, buffered output flushed, destructors run, exit code kept.
// exit: 17
#include <stdio.h>
#include <stdlib.h>
static void first(void) { printf("first"); }
static void second(void) { printf("second "); }
__attribute__((destructor)) static void last(void) { printf(" last\n"); }
int main(void) {
    atexit(first);
    atexit(second);
    printf("main ");
    exit(17 + 256);
}
