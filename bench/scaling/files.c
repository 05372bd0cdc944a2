// Maps so many files of a directory and looks into each; they stay mapped if asked to `keep`.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(int argc, char **argv) {
    int count = atoi(argv[1]), keep = !strcmp(argv[3], "keep");
    unsigned long sum = 0;
    for (int i = 0; i < count; i++) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%d", argv[2], i);
        int fd = open(name, O_RDONLY);
        unsigned char *text = mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
        if (fd < 0 || text == MAP_FAILED) return 1;
        close(fd);
        sum = sum * 31 + text[7];
        if (!keep) munmap(text, 4096);
    }
    printf("%d: %lx\n", count, sum);
}
