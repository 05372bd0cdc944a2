// Reads the files named, 64 KiB at a time.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
static unsigned char buffer[1 << 16];
int main(int argc, char **argv) {
    unsigned long total = 0, sum = 0;
    for (int n = 1; n < argc; n++) {
        int fd = open(argv[n], O_RDONLY);
        if (fd < 0) return 1;
        for (ssize_t got; (got = read(fd, buffer, sizeof buffer)) > 0; total += got) sum = sum * 31 + buffer[got - 1];
        close(fd);
    }
    printf("%lu bytes, %lx\n", total, sum);
}
