// Fills a page at the address given, in hexadecimal, and then does this and that.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv) {
    char *at = (char *)strtoul(argc > 1 ? argv[1] : "0", NULL, 16);
    printf("before\n");
    fflush(stdout);
    for (int i = 0; i < 4096; i++) at[i] = i * 7;
    for (int i = 0; i < 1000; i++) free(malloc(getppid() % 1000 + i));
    printf("after\n");
}
